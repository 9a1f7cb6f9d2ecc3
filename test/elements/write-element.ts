import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** A file's text, or its text and mode, or where a link leads, or a directory. */
export type ElementEntry =
  | string
  | { readonly text: string; readonly mode: number }
  | { readonly link: string }
  | { readonly directoryMode: number };

/** Writes elements below a directory: name → relative path → entry. Files whose text starts with `#!` are executable. */
export function writeElements(
  directory: string,
  elements: Readonly<Record<string, Readonly<Record<string, ElementEntry>>>>,
): void {
  for (const [name, entries] of Object.entries(elements)) {
    mkdirSync(join(directory, name), { recursive: true });
    for (const [path, entry] of Object.entries(entries)) writeEntry(join(directory, name, path), entry);
  }
}

function writeEntry(path: string, entry: ElementEntry): void {
  mkdirSync(dirname(path), { recursive: true });
  if (typeof entry === 'object' && 'link' in entry) {
    symlinkSync(entry.link, path);
    return;
  }
  if (typeof entry === 'object' && 'directoryMode' in entry) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, entry.directoryMode);
    return;
  }
  const { text, mode } =
    typeof entry === 'string' ? { text: entry, mode: entry.startsWith('#!') ? 0o755 : 0o644 } : entry;
  writeFileSync(path, text);
  chmodSync(path, mode);
}

/** A directory that is gone when the test is over. */
export function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-elements-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
