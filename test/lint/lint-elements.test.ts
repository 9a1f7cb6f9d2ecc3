import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtinElementsDirectory, libDirectory } from '../../src/base/assets.js';
import { BuildError } from '../../src/base/build-error.js';
import { lintElements } from '../../src/lint/lint-elements.js';
import { hookHead, writeFiles } from './lint-files.js';

const showPath = (path: string): string => path;

test('the built-in library has no fault', async () => {
  const { findings, elementCount } = await lintElements({
    elementDirectories: [builtinElementsDirectory],
    otherElementDirectories: [],
    libraryDirectory: libDirectory,
    isLibraryChecked: true,
    showPath: (path) => path.slice(builtinElementsDirectory.length + 1),
  });
  assert.ok(elementCount > 50);
  assert.deepEqual(
    findings.map(({ path, line, check, message }) => `${path}:${line} ${check}: ${message}`),
    [],
  );
});

test('one element is looked at against all that it may need', async (context) => {
  const directory = writeFiles(context, {
    'one/a/README.md': 'a\n',
    'one/a/element-deps': 'b\n',
    'one/a/install.d/50-a': `${hookHead}the-tool\n`,
    'one/bad/x': '',
    'two/b/bin/the-tool': 'bad\n',
  });
  const result = await lintElements({
    elementDirectories: [],
    elements: [join(directory, 'one/a')],
    otherElementDirectories: [join(directory, 'one'), join(directory, 'two')],
    showPath,
  });
  assert.deepEqual(result.findings, []);
  assert.equal(result.elementCount, 1);
  assert.deepEqual(
    result.files.map((file) => file.relativePath),
    ['README.md', 'element-deps', 'install.d/50-a'],
  );
});

test('files that version control ignores are left out', async (context) => {
  const directory = writeFiles(context, { 'a/README.md': 'a\n', 'a/install.d/50-a.orig': 'x\n' });
  const result = await lintElements({
    elementDirectories: [directory],
    otherElementDirectories: [],
    showPath,
    findIgnored: async (paths) => new Set(paths.filter((path) => path.endsWith('.orig'))),
  });
  assert.deepEqual(result.findings, []);
  assert.equal(result.files.length, 1);
});

test('a directory that is not there is a fault of the caller', async () => {
  await assert.rejects(
    lintElements({ elementDirectories: ['/nowhere/elements'], otherElementDirectories: [], showPath }),
    (error) => error instanceof BuildError && error.code === 'ELEMENT_DIRECTORY_INVALID',
  );
  await assert.rejects(
    lintElements({ elementDirectories: [], elements: ['/nowhere/a'], otherElementDirectories: [], showPath }),
    (error) => error instanceof BuildError && error.code === 'ELEMENT_DIRECTORY_INVALID',
  );
});
