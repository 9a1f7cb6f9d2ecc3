import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { withScope } from '../../src/base/scope.js';
import { attachImage } from '../../src/loop/attach-image.js';
import { isBlockDevice, openPartitionDevices } from '../../src/loop/partition-devices.js';
import type { ImageLayout } from '../../src/model/layout.js';
import type { Ports } from '../../src/model/ports.js';
import { openDiskPorts } from '../disk/disk-ports.js';
import { image, mbrPartition } from '../disk/disk-values.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';
import { cannotLoop } from './in-namespace.js';

const disk: ImageLayout = image(16, {
  kind: 'mbr',
  diskSignature: 1,
  partitions: [
    mbrPartition({ name: 'boot', number: 1, startSector: 2048, sectorCount: 8192 }),
    mbrPartition({ name: 'root', number: 2, startSector: 10240, sectorCount: 16384 }),
  ],
});

/** Gives for each partition: its device, and the bytes where it starts and its size. */
async function openThem(context: TestContext, layout: ImageLayout, ports: Ports) {
  const filePath = join(await temporaryDirectory(context), 'image0.raw');
  const file = await open(filePath, 'w');
  await file.truncate(layout.sizeBytes);
  for (const { startSector, name } of layout.table?.partitions ?? [])
    await file.write(Buffer.from(name), 0, 4, startSector * layout.sectorSizeBytes);
  await file.close();
  return withScope(async (scope) => {
    const attach = async (request: Parameters<typeof attachImage>[0]) => {
      const attached = await attachImage(request, ports);
      scope.onClose(attached.device, () => attached.detach());
      return attached;
    };
    const { device } = await attach({ filePath, sectorSizeBytes: layout.sectorSizeBytes });
    const devices = await openPartitionDevices({ image: layout, imagePath: filePath, device, attach }, ports);
    return [...devices].map(([name, path]) => ({
      name,
      path: path.replace(device, 'DISK').replace(/^\/dev\/loop\d+$/, 'OTHER'),
      starts: execFileSync('head', ['-c', '4', path], { encoding: 'utf8' }),
      sizeBytes: Number(execFileSync('blockdev', ['--getsize64', path], { encoding: 'utf8' })),
    }));
  });
}

test('partitions become devices of the disk, without a table that the kernel reads', {
  skip: cannotLoop,
}, async (context) => {
  assert.deepEqual(await openThem(context, disk, openDiskPorts()), [
    { name: 'boot', path: 'DISKp1', starts: 'boot', sizeBytes: 8192 * 512 },
    { name: 'root', path: 'DISKp2', starts: 'root', sizeBytes: 16384 * 512 },
  ]);
});

test('partitions of disks with large sectors lie where they should', { skip: cannotLoop }, async (context) => {
  const large: ImageLayout = {
    ...image(16, {
      kind: 'gpt',
      diskGuid: 'AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE',
      partitions: [mbrPartition({ name: 'root', number: 1, startSector: 256, sectorCount: 1024 })],
    }),
    sectorSizeBytes: 4096,
  };
  assert.deepEqual(await openThem(context, large, openDiskPorts()), [
    { name: 'root', path: 'DISKp1', starts: 'root', sizeBytes: 1024 * 4096 },
  ]);
});

test('without addpart, loop devices at offsets take their place', { skip: cannotLoop }, async (context) => {
  const ports = openDiskPorts();
  const programs = {
    ...ports.programs,
    find: (program: string) => (program === 'addpart' ? undefined : ports.programs.find(program)),
  };
  const found = await openThem(context, disk, { ...ports, programs });
  assert.deepEqual(
    found.map(({ name, starts, sizeBytes }) => ({ name, starts, sizeBytes })),
    [
      { name: 'boot', starts: 'boot', sizeBytes: 8192 * 512 },
      { name: 'root', starts: 'root', sizeBytes: 16384 * 512 },
    ],
  );
});

test('a block device is told from other files', async () => {
  assert.deepEqual(await Promise.all(['/dev/null', '/nothing/here', '/dev/null/below'].map(isBlockDevice)), [
    false,
    false,
    false,
  ]);
});
