import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '../../src/base/digest.js';
import { compareInputs, gatherInputs, type InputSources } from '../../src/layers/gather-inputs.js';
import { openScriptViews } from '../../src/layers/script-views.js';
import { fakeWatch } from './fake-steps.js';

const files: Readonly<Record<string, string>> = {
  'install.d/10-a': '#!/bin/bash\necho "$DIB_A"\n',
  'install.d/20-b': '#!/bin/bash\nls ../finalise.d; echo ${!n}\n',
  'bin/tool': '#!/bin/bash\necho "$DIB_T"\n',
};
/** Views of files with these texts. */
function scriptsOf(texts: Readonly<Record<string, string>>): InputSources['scriptOf'] {
  return openScriptViews(fakeWatch(new Map(Object.entries(texts))));
}

const sources: InputSources = {
  watch: {
    digestOfFile: (path) => (files[path] === undefined ? undefined : digestOf(files[path])),
    digestOfListing: (path) => `listing of ${path}`,
    digestOfNames: (part) => `names of ${part}`,
    filesOutsidePhases: () => ['bin/tool'],
  },
  scriptOf: scriptsOf(files),
  phase: 'install',
  environment: { DIB_A: '1', DIB_B: '2', DIB_T: '3', LANG: 'C' },
  salt: 's',
  everRead: new Set(),
  mounts: { '/mnt': 'm' },
  kernel: '6',
  isDeclared: false,
  placeVariables: [],
  declared: { 'file /x': 'y' },
  digestOfArchive: async (address) => `state of ${address}`,
};
const names = { files: ['install.d/10-a', 'gone'], listings: ['data'], archives: ['http://a'] };

test('inputs are what was read, the variables it names, and names that could be asked for', async () => {
  const inputs = await gatherInputs(names, sources);
  assert.deepEqual(inputs.files, { 'install.d/10-a': digestOf(files['install.d/10-a'] ?? ''), gone: 'absent' });
  assert.deepEqual(inputs.listings, { data: 'listing of data' });
  assert.deepEqual(inputs.names, { others: 'names of others' });
  assert.deepEqual(Object.keys(inputs.variables), ['DIB_A', 'LANG']);
  assert.deepEqual(inputs.archives, { 'http://a': 'state of http://a' });
  assert.deepEqual(inputs.host, { 'file /x': 'y' });
});

test('what an earlier hook put into the tree may be executed: its variables count', async () => {
  const inputs = await gatherInputs(names, { ...sources, everRead: new Set(['bin/tool']) });
  assert.deepEqual(Object.keys(inputs.variables), ['DIB_A', 'DIB_T', 'LANG']);
});

test('only a hook that looks beside itself may find other hooks', async () => {
  const looking = 'ls "$(dirname "$0")"';
  const texts = { ...files, 'install.d/10-a': '', 'bin/tool': looking };
  const seen = { ...sources, scriptOf: scriptsOf(texts), everRead: new Set(['bin/tool']) };
  assert.deepEqual(Object.keys((await gatherInputs(names, seen)).names), ['others']);
  const asking = { ...seen, scriptOf: scriptsOf({ ...texts, 'install.d/10-a': looking }) };
  assert.deepEqual(Object.keys((await gatherInputs(names, asking)).names), ['others', 'install']);
});

test('computed names widen the inputs', async () => {
  const inputs = await gatherInputs({ ...names, files: ['install.d/20-b'] }, sources);
  assert.deepEqual(Object.keys(inputs.variables), ['DIB_A', 'DIB_B', 'DIB_T', 'LANG']);
  assert.deepEqual(Object.keys(inputs.names), ['others', 'finalise']);
});

test('differences are named, the smallest things first', async () => {
  const before = await gatherInputs(names, sources);
  const after = await gatherInputs(names, { ...sources, environment: { DIB_A: '2', HOME: '/' }, mounts: {} });
  assert.deepEqual(
    compareInputs(before, after).map(({ kind, name, change }) => `${kind} ${name} ${change}`),
    ['variables DIB_A changed', 'variables LANG is gone', 'variables HOME is new', 'mounts /mnt is gone'],
  );
  const withoutFile = await gatherInputs(names, {
    ...sources,
    watch: { ...sources.watch, digestOfFile: () => undefined },
  });
  assert.deepEqual(compareInputs(before, withoutFile), [
    { kind: 'files', name: 'install.d/10-a', change: 'is gone', recorded: before.files['install.d/10-a'] },
  ]);
  assert.deepEqual(compareInputs(before, before), []);
});
