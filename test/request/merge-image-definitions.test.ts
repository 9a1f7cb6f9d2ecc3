import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeImageDefinitions } from '../../src/request/merge-image-definitions.js';

test('an entry without a name adds to the one before', () => {
  assert.deepEqual(mergeImageDefinitions([{ imagename: 'a', elements: ['x'] }, { elements: ['y', 'x'] }]), [
    { name: 'a', definition: { imagename: 'a', elements: ['x', 'y', 'x'] } },
  ]);
});

test('entries of one name merge into the first, whatever lies between', () => {
  assert.deepEqual(
    mergeImageDefinitions([
      { imagename: 'a', arch: 'amd64', environment: { A: '1', B: '1' }, types: ['raw'] },
      { imagename: 'b' },
      { imagename: 'a', arch: 'arm64', environment: { B: '2', C: '3' }, types: ['raw'], offline: false },
    ]),
    [
      {
        name: 'a',
        definition: {
          imagename: 'a',
          arch: 'arm64',
          environment: { A: '1', B: '2', C: '3' },
          types: ['raw', 'raw'],
          offline: false,
        },
      },
      { name: 'b', definition: { imagename: 'b' } },
    ],
  );
});

test('without any name the image is called image, and the name is not spelled', () => {
  assert.deepEqual(mergeImageDefinitions([{ elements: ['x'] }]), [{ name: 'image', definition: { elements: ['x'] } }]);
  assert.deepEqual(mergeImageDefinitions([{ elements: ['x'] }, { imagename: 'image' }]), [
    { name: 'image', definition: { elements: ['x'], imagename: 'image' } },
  ]);
});
