import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mebibyte } from '../../src/base/units.js';
import { openScriptViews } from '../../src/layers/script-views.js';
import { fakeWatch } from './fake-steps.js';

test('a view tells what the text says, and of a missing file nothing', () => {
  const scriptOf = openScriptViews(fakeWatch(new Map([['install.d/10-a', 'apt-get update; echo $DIB_WORDS']])));
  const { facts, names } = scriptOf('install.d/10-a');
  assert.equal(facts.usesPackages, true);
  assert.deepEqual(['DIB_WORDS', 'DIB_WORD', 'DIB_OTHER'].map(names), [true, true, false]);
  assert.equal(scriptOf('gone').facts.usesPackages, false);
  assert.equal(scriptOf('gone').names('DIB_WORD'), false);
});

test('a text is looked through once, by whatever path; a changed one again', () => {
  const texts = new Map([
    ['a', 'echo $DIB_A'],
    ['b', 'echo $DIB_A'],
  ]);
  const watch = fakeWatch(texts);
  let readCount = 0;
  const scriptOf = openScriptViews({
    ...watch,
    textOf(path) {
      readCount += 1;
      return watch.textOf(path);
    },
  });
  for (const path of ['a', 'b', 'a']) assert.equal(scriptOf(path).names('DIB_A'), true);
  assert.equal(readCount, 1);
  texts.set('a', 'echo $DIB_B');
  assert.deepEqual(['DIB_A', 'DIB_B'].map(scriptOf('a').names), [false, true]);
  assert.equal(scriptOf('b').names('DIB_A'), true);
  assert.equal(readCount, 2);
});

test('a long text is not kept in memory, and answers all the same', () => {
  const texts = new Map([['long', `${'x'.repeat(mebibyte)} DIB_A`]]);
  const watch = fakeWatch(texts);
  let readCount = 0;
  const scriptOf = openScriptViews({
    ...watch,
    textOf(path) {
      readCount += 1;
      return watch.textOf(path);
    },
  });
  const { names } = scriptOf('long');
  assert.deepEqual(['DIB_A', 'DIB_A', 'DIB_B'].map(names), [true, true, false]);
  assert.equal(readCount, 3);
  // The same text elsewhere is known, whatever became of the first file.
  texts.set('copy', texts.get('long') ?? '').set('long', 'other');
  assert.deepEqual(['DIB_A', 'xxx'].map(scriptOf('copy').names), [true, true]);
});
