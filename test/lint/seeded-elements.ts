import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import type { Edit } from './seeded-defect-table.js';

/** The good elements. */
export const fixtureDirectory = join(packageDirectory, 'test/fixtures/lint/elements');

/** Copies the good elements, applies edits, and gives the directory; it goes away with the test. */
export function seedElements(context: TestContext, edits: readonly Edit[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-lint-'));
  context.after(() => rmSync(directory, { recursive: true }));
  cpSync(fixtureDirectory, directory, { recursive: true, verbatimSymlinks: true });
  for (const edit of edits) applyEdit(directory, edit);
  return directory;
}

function applyEdit(directory: string, edit: Edit): void {
  const path = join(directory, edit.path);
  mkdirSync(dirname(path), { recursive: true });
  switch (edit.kind) {
    case 'replace': {
      const text = readFileSync(path, 'utf8');
      if (!text.includes(edit.from)) throw new Error(`${edit.path} has no ${JSON.stringify(edit.from)}`);
      writeFileSync(
        path,
        text.replace(edit.from, () => edit.to),
      );
      return;
    }
    case 'append':
      writeFileSync(path, readFileSync(path, 'utf8') + edit.text);
      return;
    case 'write':
      writeFileSync(path, edit.text);
      chmodSync(path, edit.mode);
      return;
    case 'mode':
      chmodSync(path, edit.mode);
      return;
    case 'remove':
      rmSync(path);
      return;
    case 'link':
      symlinkSync(edit.target, path);
      return;
  }
}
