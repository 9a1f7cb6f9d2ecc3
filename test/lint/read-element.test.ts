import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { test } from 'node:test';
import { readElement, readFilesBelow } from '../../src/lint/read-element.js';
import { writeFiles } from './lint-files.js';

test('every file is read with its mode and text, links as links', async (context) => {
  const directory = writeFiles(context, {
    'element-deps': 'b\n',
    'install.d/50-a': '#!/bin/sh\n# dib-lint: disable=sete\n',
    'data/picture': 'a\0b',
    'tests/x': 'x\n',
  });
  mkdirSync(`${directory}/__pycache__`);
  symlinkSync('50-a', `${directory}/install.d/60-b`);
  symlinkSync('gone', `${directory}/install.d/70-c`);
  const element = await readElement('a', { directory, showPath: (path) => path.slice(directory.length) });
  assert.deepEqual(element.element.dependencies, ['b']);
  assert.deepEqual(element.directories, ['data', 'install.d', 'tests']);
  assert.deepEqual(
    element.files.map(({ path, kind, isExecutable, text, linkTarget }) => [
      path,
      kind,
      isExecutable,
      text ?? linkTarget,
    ]),
    [
      ['/data/picture', 'file', false, undefined],
      ['/element-deps', 'file', false, 'b\n'],
      ['/install.d/50-a', 'file', true, '#!/bin/sh\n# dib-lint: disable=sete\n'],
      ['/install.d/60-b', 'link', true, '50-a'],
      ['/install.d/70-c', 'link', false, 'gone'],
      ['/tests/x', 'file', false, 'x\n'],
    ],
  );
  assert.deepEqual([...(element.files[2]?.disabledChecks ?? [])], ['sete']);
  assert.ok(element.element.files.every((file) => !file.path.startsWith('tests/')));
});

test('files of no element are shell functions', (context) => {
  const directory = writeFiles(context, { die: '#!/bin/bash\n' });
  const { files } = readFilesBelow({ directory, showPath: (path) => path });
  assert.deepEqual(
    files.map((file) => [file.relativePath, file.role.kind, file.element]),
    [['die', 'library', undefined]],
  );
});
