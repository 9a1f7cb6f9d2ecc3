import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEntry } from '../../src/layout/read-entry.js';
import { readFirstEntry } from './first-entry.js';

const read = (keys: string, use: (reader: ReturnType<typeof readEntry>) => unknown) =>
  readFirstEntry(`- mkfs: { name: a, ${keys} }`, (entry, faults) =>
    use(readEntry(entry.keys, entry.place, 'mkfs "a"', faults)),
  );

test('text is what the user wrote', () => {
  assert.deepEqual(read('label: 0700', (reader) => reader.text('label')?.text).result, '0700');
  assert.deepEqual(read('label: ~', (reader) => reader.text('label')).result, undefined);
  assert.deepEqual(read('label: [ x ]', (reader) => reader.text('label')).faults, [
    '1:27 label of mkfs "a" must be one text, found a list',
  ]);
});

test('a required text is missed once', () => {
  assert.deepEqual(read('opts: x', (reader) => reader.requiredText('type')).faults, ['1:3 mkfs "a" needs "type"']);
  assert.deepEqual(read('type: ""', (reader) => reader.requiredText('type')).faults, ['1:26 mkfs "a" needs "type"']);
  assert.deepEqual(read('type: [ ]', (reader) => reader.requiredText('type')).faults, [
    '1:26 type of mkfs "a" must be one text, found a list',
  ]);
});

test('integers may be quoted but not negative or fractions', () => {
  assert.equal(read('n: 4096', (reader) => reader.integer('n')).result, 4096);
  assert.equal(read('n: "4096"', (reader) => reader.integer('n')).result, 4096);
  assert.deepEqual(read('n: -1', (reader) => reader.integer('n')).faults, [
    '1:23 n of mkfs "a" must be a whole number, found "-1"',
  ]);
});

test('a wrong size names the key, the text and the reason', () => {
  assert.deepEqual(read('size: 12kB', (reader) => reader.size('size', { isPercentAllowed: true })).faults, [
    '1:26 size of mkfs "a" must be a size (unknown unit "kB"), found "12kB"',
  ]);
  assert.deepEqual(read('size: 10%', (reader) => reader.size('size', { isPercentAllowed: false })).faults, [
    '1:26 size of mkfs "a" must be an absolute size, found "10%"',
  ]);
});

test('options are a text or a list', () => {
  assert.deepEqual(read('opts: "-a  b"', (reader) => reader.options('opts')).result, ['-a', 'b']);
  assert.deepEqual(read('opts: [ -a, "b c" ]', (reader) => reader.options('opts')).result, ['-a', 'b c']);
});

test('lists are lists', () => {
  assert.deepEqual(read('flags: boot', (reader) => reader.words('flags')).faults, [
    '1:27 flags of mkfs "a" must be a list, found "boot"',
  ]);
  assert.deepEqual(read('items: [ 5 ]', (reader) => reader.items('items')).faults, [
    '1:29 items of mkfs "a" must be a list of mappings, found "5"',
  ]);
});
