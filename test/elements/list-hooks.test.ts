import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { test } from 'node:test';
import { BuildErrors, formatFault } from '../../src/base/build-error.js';
import { defaultHookNamePattern } from '../../src/elements/hook-name-pattern.js';
import { inspectHooks, listHooks } from '../../src/elements/list-hooks.js';
import { loadElementSet } from '../../src/elements/load-element-set.js';
import { type ElementEntry, temporaryDirectory, writeElements } from './write-element.js';

const os: Readonly<Record<string, ElementEntry>> = { 'element-provides': 'operating-system' };
const script = '#!/bin/bash\n';

test('the hooks of all elements are listed in run order with their element and digest', async (context) => {
  const root = temporaryDirectory(context);
  writeElements(root, {
    os: { ...os, 'install.d/100-last': script, 'install.d/9-b': script, 'root.d/10-other-phase': script },
    a: { 'install.d/10-c': script, 'install.d/no-number': script, 'install.d/9-a': script },
  });
  const set = await loadElementSet({ requested: ['os', 'a'], elementDirectories: [root] });
  const hooks = listHooks(set, 'install', defaultHookNamePattern);
  assert.deepEqual(
    hooks.map(({ name, element }) => `${element}/${name}`),
    ['a/no-number', 'a/9-a', 'os/9-b', 'a/10-c', 'os/100-last'],
  );
  assert.deepEqual(hooks[1], {
    phase: 'install',
    name: '9-a',
    element: 'a',
    digest: set.elements[1]?.files.find(({ path }) => path === 'install.d/9-a')?.digest,
  });
});

test('what does not run is named with the reason', async (context) => {
  const root = temporaryDirectory(context);
  writeElements(root, {
    os: {
      ...os,
      'install.d/10-run.sh': script,
      'install.d/11-no-bit': { text: script, mode: 0o644 },
      'install.d/12-link': { link: '../bin/tool' },
      'install.d/13-link-to-data': { link: '../data' },
      'install.d/14-dangling': { link: '../nowhere' },
      'install.d/15-absolute': { link: '/bin/true' },
      'install.d/package-installs-os': 'vim\n',
      'install.d/.hidden': script,
      'install.d/os-source-install/20-inner': script,
      'bin/tool': script,
      data: 'x',
    },
  });
  const set = await loadElementSet({ requested: ['os'], elementDirectories: [root] });
  const { hooks, warnings } = inspectHooks(set.elements, 'install', defaultHookNamePattern);
  assert.deepEqual(
    hooks.map(({ name }) => name),
    ['12-link', '15-absolute'],
  );
  assert.deepEqual(warnings, [
    'os: install.d/10-run.sh does not run: its name does not match ^[0-9A-Za-z_-]+$',
    'os: install.d/11-no-bit does not run: it is not executable',
    'os: install.d/13-link-to-data does not run: it is a link to ../data, which is not executable',
    'os: install.d/14-dangling does not run: it is a link to ../nowhere, which no element ships',
  ]);
});

test('the pattern can be wider', async (context) => {
  const root = temporaryDirectory(context);
  writeElements(root, { os: { ...os, 'install.d/10-run.sh': script } });
  const set = await loadElementSet({ requested: ['os'], elementDirectories: [root] });
  assert.deepEqual(
    listHooks(set, 'install', '^[[:alnum:]._-]+$').map(({ name }) => name),
    ['10-run.sh'],
  );
});

test('a name that two elements ship is a fault naming elements and files; all are reported together', async (context) => {
  const root = realpathSync(temporaryDirectory(context));
  writeElements(root, {
    os: { ...os, 'install.d/10-a': script, 'install.d/20-b': script },
    second: { 'install.d/10-a': { text: 'data', mode: 0o644 }, 'install.d/20-b': script },
  });
  const set = await loadElementSet({ requested: ['os', 'second'], elementDirectories: [root] });
  assert.throws(
    () => listHooks(set, 'install', defaultHookNamePattern),
    (error) => {
      assert.ok(error instanceof BuildErrors);
      assert.deepEqual(
        error.faults.map(formatFault),
        ['install.d/10-a', 'install.d/20-b'].map(
          (path) =>
            `error HOOK_DUPLICATE: elements "os" and "second" both ship ${path}\n` +
            `  at: ${root}/os/${path}, ${root}/second/${path}\n` +
            '  hint: rename one of them, or leave out one of the elements',
        ),
      );
      return true;
    },
  );
});
