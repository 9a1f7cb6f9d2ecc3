import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hintNearName, nearName } from '../../src/base/near-name.js';

const formats = ['qcow2', 'raw', 'tar', 'tgz', 'squashfs', 'vmdk'];

test('one wrong letter finds the name', () => {
  assert.equal(nearName('qcow3', formats), 'qcow2');
  assert.equal(nearName('vmm', ['vm', 'base']), 'vm');
});

test('swapped neighbours count as one edit', () => {
  assert.equal(nearName('tra', ['tar', 'zip']), 'tar');
});

test('case does not matter', () => {
  assert.equal(nearName('QCOW2', formats), 'qcow2');
});

test('a beginning finds the only name that continues it', () => {
  assert.equal(nearName('squash', ['squashfs', 'raw']), 'squashfs');
  assert.equal(nearName('block-device', ['block-device-mbr', 'block-device-gpt']), undefined);
});

test('a name far from all finds nothing', () => {
  assert.equal(nearName('banana', formats), undefined);
  assert.equal(hintNearName('banana', formats), undefined);
});

test('the hint quotes the name', () => {
  assert.equal(hintNearName('debian-minmal', ['debian-minimal', 'debian']), 'did you mean "debian-minimal"?');
});
