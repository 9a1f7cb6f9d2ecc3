import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BuildErrors, formatFault } from '../../src/base/build-error.js';
import { findElements } from '../../src/elements/find-elements.js';
import { temporaryDirectory } from './write-element.js';

test('each directory below an entry is an element, hidden ones too, files are not', async (context) => {
  const root = realpathSync(temporaryDirectory(context));
  mkdirSync(join(root, 'vm'));
  mkdirSync(join(root, '.hidden'));
  writeFileSync(join(root, 'README'), '');
  const found = await findElements([root]);
  assert.deepEqual(
    [...found.values()],
    [
      { name: '.hidden', directory: join(root, '.hidden'), overrides: [] },
      { name: 'vm', directory: join(root, 'vm'), overrides: [] },
    ],
  );
});

test('the directory listed first wins and names what it overrides', async (context) => {
  const root = realpathSync(temporaryDirectory(context));
  for (const path of ['first', 'second', 'third']) mkdirSync(join(root, path, 'vm'), { recursive: true });
  const found = await findElements(['first', 'second', 'third', 'first'].map((name) => join(root, name)));
  assert.deepEqual(found.get('vm'), {
    name: 'vm',
    directory: join(root, 'first/vm'),
    overrides: [join(root, 'second/vm'), join(root, 'third/vm')],
  });
});

test('a linked directory is named after its real path; dangling links and links to files are no elements', async (context) => {
  const root = realpathSync(temporaryDirectory(context));
  mkdirSync(join(root, 'elsewhere/real'), { recursive: true });
  mkdirSync(join(root, 'elements'));
  writeFileSync(join(root, 'file'), '');
  symlinkSync('../elsewhere/real', join(root, 'elements/alias'));
  symlinkSync('../nowhere', join(root, 'elements/dangling'));
  symlinkSync('../file', join(root, 'elements/file'));
  symlinkSync('loop', join(root, 'elements/loop'));
  const found = await findElements([join(root, 'elements')]);
  assert.deepEqual([...found.values()], [{ name: 'real', directory: join(root, 'elsewhere/real'), overrides: [] }]);
});

test('entries that are not directories are reported together, in the order of the path', async (context) => {
  const root = temporaryDirectory(context);
  writeFileSync(join(root, 'file'), '');
  const isMissing = Array.from({ length: 64 }, (_, index) => index % 3 === 0);
  const entries = isMissing.map((missing, index) => join(root, missing ? `missing${index}` : `file/${index}`));
  await assert.rejects(findElements([root, ...entries]), (error) => {
    assert.ok(error instanceof BuildErrors);
    const hint = '\n  hint: correct ELEMENTS_PATH, a list of directories separated by colons';
    assert.deepEqual(
      error.faults.map(formatFault),
      entries.map((entry, index) => {
        const what = isMissing[index] ? 'does not exist' : 'is not a directory';
        return `error ELEMENT_DIRECTORY_INVALID: element directory "${entry}" ${what}${hint}`;
      }),
    );
    return true;
  });
});
