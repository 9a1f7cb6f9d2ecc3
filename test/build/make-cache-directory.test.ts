import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BuildError } from '../../src/base/build-error.js';
import { makeCacheDirectory } from '../../src/build/make-cache-directory.js';

test('a directory is made with its parents, and may be there already', async (t) => {
  const directory = temporaryDirectory(t);
  await makeCacheDirectory(join(directory, 'a/b'), 'DIB_IMAGE_CACHE');
  await makeCacheDirectory(join(directory, 'a/b'), 'DIB_IMAGE_CACHE');
  assert.ok(existsSync(join(directory, 'a/b')));
});

test('a file in the way is named, with the variable that names another place', async (t) => {
  const file = join(temporaryDirectory(t), 'file');
  writeFileSync(file, '');
  for (const [path, reason] of [
    [file, 'there is a file of that name'],
    [join(file, 'below'), 'a part of the path is a file'],
  ] as const)
    await assert.rejects(makeCacheDirectory(path, 'DIB_IMAGE_CACHE'), (error) => {
      assert.ok(error instanceof BuildError);
      assert.deepEqual(
        [error.code, error.message, error.hint],
        [
          'CACHE_UNUSABLE',
          `the cache directory ${path} cannot be made: ${reason}`,
          'name another place in DIB_IMAGE_CACHE',
        ],
      );
      return true;
    });
});

function temporaryDirectory(t: { after(end: () => void): void }): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-cache-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
