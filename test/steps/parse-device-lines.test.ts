import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDeviceLines } from '../../src/steps/parse-device-lines.js';

test('the last device counts, however the line is written', () => {
  assert.deepEqual(parseDeviceLines('making a disk\nIMAGE_BLOCK_DEVICE=/dev/loop1\n'), { device: '/dev/loop1' });
  assert.deepEqual(
    parseDeviceLines('IMAGE_BLOCK_DEVICE=/dev/loop1\nexport IMAGE_BLOCK_DEVICE="/dev/mapper/loop1p1";\n'),
    { device: '/dev/mapper/loop1p1' },
  );
  assert.deepEqual(parseDeviceLines("  IMAGE_BLOCK_DEVICE='/dev/loop2'\nTMP_IMAGE_PATH=/dib/image/own.raw"), {
    device: '/dev/loop2',
    imagePath: '/dib/image/own.raw',
  });
});

test('nothing is evaluated, and an empty value is none', () => {
  assert.deepEqual(parseDeviceLines('IMAGE_BLOCK_DEVICE=$(reboot)\nIMAGE_BLOCK_DEVICE="`reboot`"\n'), {});
  assert.deepEqual(parseDeviceLines('IMAGE_BLOCK_DEVICE=/dev/loop1; reboot\n'), {});
  assert.deepEqual(parseDeviceLines('IMAGE_BLOCK_DEVICE=/dev/loop1\nIMAGE_BLOCK_DEVICE=\n'), {});
  assert.deepEqual(parseDeviceLines('MY_IMAGE_BLOCK_DEVICE=/dev/loop1\n'), {});
});
