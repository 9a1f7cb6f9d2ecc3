import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import type { DiskLayout } from '../../src/model/layout.js';
import type { LoopDisk, StepContext } from '../../src/model/step-context.js';
import { openLoopDiskStep } from '../../src/steps/open-loop-disk.js';
import { fileSystem, image, mbrPartition } from '../disk/disk-values.js';
import { openTestStepContext } from '../helpers/step-context.js';

const layout: DiskLayout = {
  images: [
    image(64, {
      kind: 'mbr',
      diskSignature: 0xcafe,
      partitions: [mbrPartition({ name: 'root', number: 1, startSector: 2048, sectorCount: 100_000 })],
    }),
  ],
  volumeGroups: [],
  fileSystems: [fileSystem({ type: 'ext4', base: 'root', atMebibytes: 1, sizeMebibytes: 48 })],
};

function diskOn(devices: readonly (readonly [string, string])[]): LoopDisk {
  return {
    devices: new Map(devices),
    imageDevice: devices[0]?.[1] ?? '',
    mountPoints: ['/dib/build/mnt', '/dib/build/mnt/boot'],
    close: async () => new Map(),
    showReadOnly: async () => [],
  };
}

test('hooks are told the real devices, and the mounts of the disk are kept', async (context) => {
  const { context: step, targetCalls, root } = openTestStepContext();
  context.after(() => rmSync(root, { recursive: true }));
  step.state.layout = layout;
  const disk = diskOn([
    ['image0', '/dev/loop5'],
    ['root', '/dev/loop5p1'],
  ]);
  await openLoopDiskStep({ ...step, ports: { ...step.ports, openLoopDisk: async () => disk } });
  assert.equal(step.state.loopDisk, disk);
  assert.deepEqual(
    [...step.state.hookVariables],
    [
      ['DIB_IMAGE_SIZE', '65536'],
      ['IMAGE_BLOCK_DEVICE', '/dev/loop5'],
      ['IMAGE_BLOCK_DEVICES', ' [image0]=/dev/loop5  [root]=/dev/loop5p1 '],
    ],
  );
  assert.deepEqual(targetCalls, [
    'unmountAll',
    'keepMounted /dib/build/mnt /dib/build/mnt/boot',
    'attachKernelFileSystems',
  ]);
  const table = readFileSync(`${step.workspace.stagingDirectory}/dib-layout`, 'utf8').split('\n');
  assert.equal(table[0], 'disk\t/dev/loop5\tname=image0\tsector=512\tpartmap=msdos');
  assert.match(table[1] ?? '', /^partition\t\/dev\/loop5p1\tname=root\tdisk=\/dev\/loop5\t/);
  assert.match(table[2] ?? '', /^mount\t\/\t.*\tdevice=\/dev\/loop5p1\tdisk=\/dev\/loop5\t/);
});

test('the disk that a hook made is used instead', async (context) => {
  const { context: step, root } = openTestStepContext();
  context.after(() => rmSync(root, { recursive: true }));
  step.state.layout = layout;
  step.state.blockDeviceOutput = 'IMAGE_BLOCK_DEVICE=/dev/loop7\nTMP_IMAGE_PATH=/x/own.raw\n';
  const asked: unknown[] = [];
  const adoptDevice: StepContext['ports']['adoptDevice'] = async (request) => {
    asked.push(request);
    return diskOn([['image0', '/dev/loop7']]);
  };
  await openLoopDiskStep({ ...step, ports: { ...step.ports, adoptDevice } });
  assert.deepEqual(asked, [{ layout, device: '/dev/loop7', imagePath: '/x/own.raw' }]);
  assert.equal(step.state.hookVariables.get('IMAGE_BLOCK_DEVICE'), '/dev/loop7');
});
