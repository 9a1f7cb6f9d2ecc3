import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageDirectory } from '../../src/base/assets.js';
import type { Edit } from './seeded-defect-table.js';

/** The good elements. */
export const fixtureDirectory = join(packageDirectory, 'test/fixtures/lint/elements');

/** Copies the good elements into a new directory, which the caller removes. */
export function copyGoodElements(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-lint-'));
  cpSync(fixtureDirectory, directory, { recursive: true, verbatimSymlinks: true });
  return directory;
}

/** Applies edits, does the work, and puts back what was there. */
export async function withEdits<Result>(
  directory: string,
  edits: readonly Edit[],
  work: () => Promise<Result>,
): Promise<Result> {
  const undo = edits.map((edit) => undoOf(join(directory, edit.path), directory));
  try {
    for (const edit of edits) applyEdit(join(directory, edit.path), edit);
    return await work();
  } finally {
    for (const restore of undo.reverse()) restore();
  }
}

/** Remembers a file, or the topmost directory that is not there yet. */
function undoOf(path: string, directory: string): () => void {
  if (existsSync(path)) {
    const content = readFileSync(path);
    const { mode } = lstatSync(path);
    return () => {
      writeFileSync(path, content);
      chmodSync(path, mode);
    };
  }
  let missing = path;
  while (dirname(missing) !== directory && !existsSync(dirname(missing))) missing = dirname(missing);
  return () => rmSync(missing, { recursive: true, force: true });
}

function applyEdit(path: string, edit: Edit): void {
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
