import assert from 'node:assert/strict';
import { chmodSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BuildErrors } from '../../src/base/build-error.js';
import { loadElementSet } from '../../src/elements/load-element-set.js';
import { type ElementEntry, temporaryDirectory, writeElements } from './write-element.js';

const smallSet: Readonly<Record<string, Readonly<Record<string, ElementEntry>>>> = {
  os: { 'element-provides': 'operating-system\n', 'root.d/10-os': '#!/bin/bash\n' },
  web: { 'element-deps': 'ssl\n', 'install.d/50-web': '#!/bin/bash\n' },
  ssl: { 'install.d/40-ssl': '#!/bin/bash\n', README: 'ssl' },
};

test('a request becomes a closed, ordered set with files and digests', async (context) => {
  const root = realpathSync(temporaryDirectory(context));
  writeElements(root, smallSet);
  const set = await loadElementSet({ requested: ['os', 'web', 'os'], elementDirectories: [root] });
  assert.deepEqual(
    set.elements.map(({ name, directory, dependencies, provides, requestedBy, files }) => ({
      name,
      directory,
      dependencies,
      provides,
      requestedBy,
      files: files.map(({ path }) => path),
    })),
    [
      {
        name: 'os',
        directory: join(root, 'os'),
        dependencies: [],
        provides: ['operating-system'],
        requestedBy: ['command line'],
        files: ['element-provides', 'root.d/10-os'],
      },
      {
        name: 'ssl',
        directory: join(root, 'ssl'),
        dependencies: [],
        provides: [],
        requestedBy: ['web'],
        files: ['README', 'install.d/40-ssl'],
      },
      {
        name: 'web',
        directory: join(root, 'web'),
        dependencies: ['ssl'],
        provides: [],
        requestedBy: ['command line'],
        files: ['element-deps', 'install.d/50-web'],
      },
    ],
  );
  assert.deepEqual(set.warnings, []);
});

test('the digest changes with content and mode, and not with the place or the modes of built-in elements', async (context) => {
  const one = temporaryDirectory(context);
  const other = temporaryDirectory(context);
  for (const directory of [one, other]) writeElements(directory, smallSet);
  const digestIn = async (directory: string, builtinDirectory = '/nowhere'): Promise<string> =>
    (await loadElementSet({ requested: ['os', 'web'], elementDirectories: [directory], builtinDirectory })).digest;
  const digest = await digestIn(one);
  assert.equal(await digestIn(other), digest);
  assert.equal(await digestIn(other, other), digest);
  chmodSync(join(other, 'web/install.d/50-web'), 0o700);
  assert.notEqual(await digestIn(other), digest);
  assert.equal(await digestIn(other, other), digest);
  writeFileSync(join(other, 'web/install.d/50-web'), '#!/bin/sh\n');
  assert.notEqual(await digestIn(other, other), digest);
});

test('overridden elements of the build, replaced files and files that do not run give warnings', async (context) => {
  const root = realpathSync(temporaryDirectory(context));
  writeElements(join(root, 'first'), { web: { 'install.d/50-web.sh': '#!/bin/bash\n', data: 'x' } });
  writeElements(join(root, 'second'), { ...smallSet, unused: {} });
  writeElements(join(root, 'third'), { unused: {}, ssl: {}, data: { data: 'y', 'element-provides': '' } });
  const { warnings } = await loadElementSet({
    requested: ['os', 'data', 'ssl', 'web'],
    elementDirectories: ['first', 'second', 'third'].map((name) => join(root, name)),
  });
  assert.deepEqual(warnings, [
    `element ${root}/second/ssl overrides ${root}/third/ssl`,
    `element ${root}/first/web overrides ${root}/second/web`,
    'web: data replaces that of data',
    'web: install.d/50-web.sh does not run: its name does not match ^[0-9A-Za-z_-]+$',
  ]);
});

test('all faults are thrown together', async (context) => {
  const root = temporaryDirectory(context);
  writeElements(root, { a: { 'element-deps/oops': '' } });
  await assert.rejects(loadElementSet({ requested: ['a', 'b', '../c'], elementDirectories: [root] }), (error) => {
    assert.ok(error instanceof BuildErrors);
    assert.deepEqual(
      error.faults.map(({ code }) => code),
      ['FILE_UNREADABLE', 'ELEMENT_DIRECTORY_INVALID', 'ELEMENT_NOT_FOUND'],
    );
    return true;
  });
});
