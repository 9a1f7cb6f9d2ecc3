import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestWord } from '../../src/layout/nearest-word.js';

test('a slip of the hand finds its word', () => {
  assert.equal(nearestWord('fck-passno', ['options', 'dump-freq', 'fsck-passno']), 'fsck-passno');
  assert.equal(nearestWord('mont_point', ['base', 'name', 'mount_point']), 'mount_point');
  assert.equal(nearestWord('lable', ['label', 'align']), 'label');
});

test('another word finds none', () => {
  assert.equal(nearestWord('colour', ['base', 'name', 'type']), undefined);
  assert.equal(nearestWord('b', ['a']), undefined);
  assert.equal(nearestWord('x', []), undefined);
});
