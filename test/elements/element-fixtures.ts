import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { digestOf } from '../../src/base/digest.js';
import type { Element, ElementSet } from '../../src/model/element.js';

/** Files of an element: relative path → text. */
export type ElementTexts = Readonly<Record<string, string>>;

/** Writes elements into a directory of the test and describes them, in the order given. */
export function writeElements(test: TestContext, elements: Readonly<Record<string, ElementTexts>>): ElementSet {
  const root = mkdtempSync(join(tmpdir(), 'dib-elements-'));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  return {
    elements: Object.entries(elements).map(([name, texts]) => writeElement(root, name, texts)),
    digest: digestOf(JSON.stringify(elements)),
    warnings: [],
  };
}

/** The elements that make all tables be resolved. */
export const tableElements: Readonly<Record<string, ElementTexts>> = {
  'package-installs': {},
  'pkg-map': {},
  'svc-map': {},
  'install-types': {},
};

function writeElement(root: string, name: string, texts: ElementTexts): Element {
  const directory = join(root, name);
  mkdirSync(directory, { recursive: true });
  const files = Object.entries(texts).map(([path, text]) => {
    const mode = /^[^/]+\.d\//.test(path) && !path.startsWith('environment.d/') ? 0o755 : 0o644;
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
    chmodSync(join(directory, path), mode);
    return { path, kind: 'file' as const, digest: digestOf(text), sizeBytes: Buffer.byteLength(text), mode };
  });
  return { name, directory, dependencies: [], provides: [], requestedBy: ['command line'], files, digest: name };
}
