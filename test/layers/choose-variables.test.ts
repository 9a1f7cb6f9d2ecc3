import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseVariables } from '../../src/layers/choose-variables.js';

const environment = {
  DIB_A: '1',
  DIB_B: '2',
  DIB_OFFLINE: '1',
  DIB_DEBUG_TRACE: '1',
  IMAGE_NAME: 'x',
  LANG: 'C',
  TERM: 'xterm',
  GITHUB_RUN_ID: '7',
  MY_SETTING: 's',
};
const named = (...names: readonly string[]) => ({
  environment,
  isNamed: (name: string) => names.includes(name),
  isDynamic: false,
  isPrinted: false,
  isNamedOnly: false,
  placeVariables: [],
  salt: 'salt',
});

test('variables of elements and build services count when named, others always, those of a terminal never', () => {
  assert.deepEqual(Object.keys(chooseVariables(named('DIB_A', 'TERM'))), ['DIB_A', 'LANG', 'MY_SETTING']);
  assert.deepEqual(Object.keys(chooseVariables(named('GITHUB_RUN_ID'))), ['GITHUB_RUN_ID', 'LANG', 'MY_SETTING']);
});

test('computed names make all count, but what never does', () => {
  assert.deepEqual(Object.keys(chooseVariables({ ...named(), isDynamic: true })), [
    'DIB_A',
    'DIB_B',
    'GITHUB_RUN_ID',
    'IMAGE_NAME',
    'LANG',
    'MY_SETTING',
  ]);
});

test('of hooks that declared what they read only named ones count', () => {
  assert.deepEqual(Object.keys(chooseVariables({ ...named('LANG', 'DIB_B'), isNamedOnly: true })), ['DIB_B', 'LANG']);
});

test('places do not count, named or computed', () => {
  const withPlace = { ...named('DIB_A', 'LANG'), placeVariables: ['DIB_A', 'LANG'] };
  assert.deepEqual(Object.keys(chooseVariables(withPlace)), ['MY_SETTING']);
  assert.ok(!Object.keys(chooseVariables({ ...withPlace, isDynamic: true })).includes('DIB_A'));
});

test('the digest depends on value and salt and does not show the value', () => {
  const one = chooseVariables(named('DIB_A')).DIB_A;
  assert.match(one ?? '', /^[0-9a-f]{32}$/);
  assert.notEqual(one, chooseVariables({ ...named('DIB_A'), salt: 'other' }).DIB_A);
  assert.notEqual(one, chooseVariables({ ...named('DIB_A'), environment: { DIB_A: '2' } }).DIB_A);
});

test('the command line counts where it is named or everything is printed, not for a computed name', () => {
  const withArguments = { ...named(), environment: { DIB_ARGS: '-x', DIB_A: '1' }, isDynamic: true };
  assert.deepEqual(Object.keys(chooseVariables(withArguments)), ['DIB_A']);
  assert.deepEqual(Object.keys(chooseVariables({ ...withArguments, isPrinted: true })), ['DIB_A', 'DIB_ARGS']);
});
