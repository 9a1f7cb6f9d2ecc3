import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareTrees, filesToRead, parseTreeEntries } from '../../src/layers/compare-trees.js';

function tree(lines: readonly string[]) {
  return parseTreeEntries(lines.flatMap((line) => line.split('|')));
}

const before = tree([
  '|d 755 0:0 4096 1:1:1|',
  'same|f 644 0:0 3 2:1:1|',
  'touched|f 644 0:0 3 3:1:1|',
  'edited|f 644 0:0 3 4:1:1|',
  'grown|f 644 0:0 3 5:1:1|',
  'gone|f 644 0:0 30 6:1:1|',
  'link|l 777 0:0 3 7:1:1|one',
  'moded|f 644 0:0 3 8:1:1|',
  'kind|f 644 0:0 3 9:1:1|',
]);
const after = tree([
  '|d 755 0:0 4096 1:2:2|',
  'same|f 644 0:0 3 2:1:1|',
  'touched|f 644 0:0 3 13:2:2|',
  'edited|f 644 0:0 3 14:2:2|',
  'grown|f 644 0:0 13 15:2:2|',
  'link|l 777 0:0 3 17:2:2|two',
  'moded|f 4755 1:0 3 8:1:1|',
  'kind|d 644 0:0 4096 19:2:2|',
  'made|f 600 0:0 100 20:2:2|',
]);

test('only files of one size on different files are read', () => {
  assert.deepEqual(filesToRead(before, after), ['touched', 'edited']);
});

test('every kind of difference is told, times are none', () => {
  const digests = {
    before: new Map([
      ['touched', 'a'],
      ['edited', 'a'],
    ]),
    after: new Map([
      ['touched', 'a'],
      ['edited', 'b'],
    ]),
  };
  assert.deepEqual(
    compareTrees(before, after, digests).map(({ path, kind, what, growthBytes }) => [
      path,
      kind,
      what.join(),
      growthBytes,
    ]),
    [
      ['edited', 'changed', 'content', 0],
      ['gone', 'removed', '', -30],
      ['grown', 'changed', 'content', 10],
      ['kind', 'changed', 'file → directory', -3],
      ['link', 'changed', 'link one → two', 0],
      ['made', 'added', '', 100],
      ['moded', 'changed', 'mode 644 → 4755,owner 0:0 → 1:0', 0],
    ],
  );
  assert.deepEqual(compareTrees(before, before, { before: new Map(), after: new Map() }), []);
});
