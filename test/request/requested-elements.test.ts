import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkElementNames, orderRequestedElements } from '../../src/request/requested-elements.js';

const plain = {
  mode: 'disk',
  fromEnvironment: [],
  fromCommandLine: ['debian-minimal'],
  architecture: 'amd64',
  isBaseSkipped: false,
  ramdiskElement: 'ramdisk',
} as const;

test('base comes first', () => {
  assert.deepEqual(orderRequestedElements(plain), ['base', 'debian-minimal']);
});

test('base is left out when skipped', () => {
  assert.deepEqual(orderRequestedElements({ ...plain, isBaseSkipped: true }), ['debian-minimal']);
});

test('the elements of the environment come before those of the command line', () => {
  assert.deepEqual(orderRequestedElements({ ...plain, fromEnvironment: ['ubuntu', 'vm'] }), [
    'base',
    'ubuntu',
    'vm',
    'debian-minimal',
    'block-device-mbr',
  ]);
});

test('vm brings a block device by architecture, compared as a whole word', () => {
  const lastFor = (architecture: string) =>
    orderRequestedElements({ ...plain, fromCommandLine: ['vm'], architecture }).at(-1);
  assert.deepEqual(['amd64', 'arm64', 'aarch64', 'arm', 'armhf', '64'].map(lastFor), [
    'block-device-mbr',
    'block-device-efi',
    'block-device-efi',
    'block-device-mbr',
    'block-device-mbr',
    'block-device-mbr',
  ]);
});

test('a requested block device replaces the default', () => {
  assert.deepEqual(orderRequestedElements({ ...plain, fromCommandLine: ['vm', 'block-device-gpt'] }), [
    'base',
    'vm',
    'block-device-gpt',
  ]);
});

test('the ramdisk element comes before base', () => {
  assert.deepEqual(orderRequestedElements({ ...plain, mode: 'ramdisk', ramdiskElement: 'dracut-ramdisk' }), [
    'dracut-ramdisk',
    'base',
    'debian-minimal',
  ]);
});

test('of repeated elements the first stays', () => {
  assert.deepEqual(orderRequestedElements({ ...plain, fromCommandLine: ['a', 'base', 'b', 'a'] }), ['base', 'a', 'b']);
});

test('names that are paths or not one word are faults', () => {
  assert.deepEqual(
    checkElementNames(['../x', 'a b', '', '..', "it's", 'fine-1.2_x', 'zürich']).map(({ code, message }) => [
      code,
      message,
    ]),
    ['../x', 'a b', '', '..', "it's"].map((name) => [
      'ELEMENT_DIRECTORY_INVALID',
      `"${name}" is not the name of an element`,
    ]),
  );
});
