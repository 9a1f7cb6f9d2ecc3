import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { test } from 'node:test';
import { BuildErrors } from '../../src/base/build-error.js';
import { loadElementSet } from '../../src/elements/load-element-set.js';
import { inspectStaging, planStaging, type StagedEntry } from '../../src/elements/stage-plan.js';
import type { ElementSet } from '../../src/model/element.js';
import { type ElementEntry, temporaryDirectory, writeElements } from './write-element.js';

type Elements = Readonly<Record<string, Readonly<Record<string, ElementEntry>>>>;

async function load(root: string, elements: Elements): Promise<ElementSet> {
  writeElements(root, elements);
  writeElements(root, { os: { 'element-provides': 'operating-system' } });
  return loadElementSet({ requested: ['os', ...Object.keys(elements)], elementDirectories: [root] });
}

function short(entries: readonly StagedEntry[]): string[] {
  return entries.map(({ element, destination }) => `${destination} (${element})`);
}

test('subdirectories are merged, with modes, links and sources', async (context) => {
  const root = realpathSync(temporaryDirectory(context));
  const set = await load(root, {
    a: { 'install.d/10-a': '#!/bin/bash\n', 'bin/with blank': 'x' },
    b: { 'install.d/20-b': { link: '../bin/tool' }, 'static/root/.ssh': { directoryMode: 0o700 } },
  });
  assert.deepEqual(
    planStaging(set).filter(({ element }) => element !== 'os'),
    [
      { kind: 'directory', source: `${root}/a/bin`, destination: 'bin', mode: 0o755, element: 'a' },
      { kind: 'file', source: `${root}/a/bin/with blank`, destination: 'bin/with blank', mode: 0o644, element: 'a' },
      { kind: 'directory', source: `${root}/a/install.d`, destination: 'install.d', mode: 0o755, element: 'a' },
      { kind: 'file', source: `${root}/a/install.d/10-a`, destination: 'install.d/10-a', mode: 0o755, element: 'a' },
      {
        kind: 'link',
        source: `${root}/b/install.d/20-b`,
        destination: 'install.d/20-b',
        mode: 0o777,
        linkTarget: '../bin/tool',
        element: 'b',
      },
      { kind: 'directory', source: `${root}/b/static`, destination: 'static', mode: 0o755, element: 'b' },
      { kind: 'directory', source: `${root}/b/static/root`, destination: 'static/root', mode: 0o755, element: 'b' },
      {
        kind: 'directory',
        source: `${root}/b/static/root/.ssh`,
        destination: 'static/root/.ssh',
        mode: 0o700,
        element: 'b',
      },
    ],
  );
});

test('hidden: staged at the top and deeper down, not directly in a subdirectory', async (context) => {
  const set = await load(temporaryDirectory(context), {
    a: {
      '.top': '',
      '.config/file': '',
      'static/.hidden': '',
      'static/.hidden-directory/file': '',
      'static/etc/.kept': '',
      'install.d/.swp': '',
    },
  });
  assert.deepEqual(short(planStaging(set)), [
    '.config (a)',
    '.config/file (a)',
    '.top (a)',
    'element-provides (os)',
    'install.d (a)',
    'static (a)',
    'static/etc (a)',
    'static/etc/.kept (a)',
  ]);
});

test('tests, __pycache__ and compiled files at the top are not staged', async (context) => {
  const set = await load(temporaryDirectory(context), {
    a: { 'tests/x': '', '__pycache__/x': '', 'x.pyc': '', 'bin/y.pyc': '', 'test-elements/t/README': '' },
  });
  assert.deepEqual(short(planStaging(set)), [
    'bin (a)',
    'bin/y.pyc (a)',
    'element-provides (os)',
    'test-elements (a)',
    'test-elements/t (a)',
    'test-elements/t/README (a)',
  ]);
});

test('at the top and deep down the later element wins; only what describes an element does so silently', async (context) => {
  const set = await load(temporaryDirectory(context), {
    a: { README: 'a', 'pkg-map': 'a', data: 'a', 'static/etc/conf': 'a' },
    b: { README: 'b', 'pkg-map': 'b', data: 'b', 'static/etc/conf': 'b' },
  });
  const { entries, warnings } = inspectStaging(set.elements);
  assert.deepEqual(short(entries.filter(({ kind }) => kind === 'file')), [
    'README (b)',
    'data (b)',
    'element-provides (os)',
    'pkg-map (b)',
    'static/etc/conf (b)',
  ]);
  assert.deepEqual(warnings, ['b: data replaces that of a', 'b: static/etc/conf replaces that of a']);
});

test('one file name directly in a directory of two elements is a fault, in any directory, links too', async (context) => {
  const set = await load(temporaryDirectory(context), {
    a: { 'bin/tool': '', 'install.d/10-x': { link: 'nowhere' }, 'static/x': '' },
    b: { 'bin/tool': '', 'install.d/10-x': '#!/bin/bash\n', 'static/x/y': '' },
  });
  assert.throws(
    () => planStaging(set),
    (error) => {
      assert.ok(error instanceof BuildErrors);
      assert.deepEqual(
        error.faults.map(({ code, message }) => `${code} ${message}`),
        [
          'HOOK_DUPLICATE elements "a" and "b" both ship static/x',
          'HOOK_DUPLICATE elements "a" and "b" both ship bin/tool',
          'HOOK_DUPLICATE elements "a" and "b" both ship install.d/10-x',
        ],
      );
      return true;
    },
  );
});
