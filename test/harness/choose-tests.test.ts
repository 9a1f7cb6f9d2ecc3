import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseTests } from '../../src/harness/choose-tests.js';
import { elementTest } from './element-tests.js';

const tests = ['a/one', 'a/x-arm64-y', 'debian/build-succeeds'].map((id) => elementTest(id));

function choose(words: readonly string[], machine = 'x86_64'): readonly string[] {
  return chooseTests({ tests, words, machine }).map(({ test: { id }, skipReason }) =>
    skipReason === undefined ? id : `${id}: ${skipReason}`,
  );
}

test('without words every test is there, and those that are usually left out with a reason', () => {
  assert.deepEqual(choose([]), [
    'a/one',
    'a/x-arm64-y: it runs programs of another architecture',
    'debian/build-succeeds: the release changes its meaning',
  ]);
  assert.deepEqual(choose([], 'aarch64').slice(0, 2), ['a/one', 'a/x-arm64-y']);
});

test('an element stands for its tests, those that are left out too', () => {
  assert.deepEqual(choose(['a']), ['a/one', 'a/x-arm64-y: it runs programs of another architecture']);
});

test('a test that is named runs, and all means all', () => {
  assert.deepEqual(choose(['a/x-arm64-y']), ['a/x-arm64-y']);
  assert.deepEqual(choose(['all']), ['a/one', 'a/x-arm64-y', 'debian/build-succeeds']);
});

test('every word that names no test is told', () => {
  assert.throws(() => choose(['a/onw', 'nothing-like-it', 'a']), {
    message:
      '"a/onw" is neither an element with tests nor a test\n"nothing-like-it" is neither an element with tests nor a test',
  });
  assert.throws(() => choose(['a/onw']), { code: 'USAGE', hint: 'did you mean "a/one"?' });
});
