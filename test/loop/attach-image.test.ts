import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { attachImage, backingFileOf, losetupArguments, waitUntilFree } from '../../src/loop/attach-image.js';
import { openDiskPorts } from '../disk/disk-ports.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';
import { cannotLoop } from './in-namespace.js';

test('losetup is asked for the whole file with its partitions, or for a region', () => {
  assert.deepEqual(losetupArguments({ filePath: '/x/image0.raw', sectorSizeBytes: 512 }, '/dev/loop3'), [
    '--partscan',
    '--',
    '/dev/loop3',
    '/x/image0.raw',
  ]);
  assert.deepEqual(
    losetupArguments(
      {
        filePath: '/x/a',
        sectorSizeBytes: 4096,
        region: { offsetBytes: 1048576, sizeBytes: 8192 },
        isReadOnly: true,
      },
      '/dev/loop0',
    ),
    ['--read-only', '--offset', '1048576', '--sizelimit', '8192', '--sector-size', '4096', '--', '/dev/loop0', '/x/a'],
  );
});

test('a file is attached, and detached when it is given up', { skip: cannotLoop }, async (context) => {
  const directory = await temporaryDirectory(context);
  const filePath = join(directory, 'image0.raw');
  await writeFile(filePath, Buffer.alloc(1024 * 1024));
  const attached = await attachImage({ filePath, sectorSizeBytes: 512 }, openDiskPorts());
  assert.equal(await backingFileOf(attached.device), filePath);
  await attached.detach();
  assert.equal(await backingFileOf(attached.device), undefined);
});

test('many are attached at once, each to a device of its own', { skip: cannotLoop }, async (context) => {
  const directory = await temporaryDirectory(context);
  const ports = openDiskPorts();
  const attached = await Promise.all(
    Array.from({ length: 6 }, async (_, index) => {
      const filePath = join(directory, `${index}.raw`);
      await writeFile(filePath, Buffer.alloc(1024 * 1024));
      return attachImage({ filePath, sectorSizeBytes: 512 }, ports);
    }),
  );
  assert.equal(new Set(attached.map(({ device }) => device)).size, 6);
  await Promise.all(attached.map((image) => image.detach()));
});

test('a missing file is said, and no device stays open', { skip: cannotLoop }, async (context) => {
  const directory = await temporaryDirectory(context);
  await assert.rejects(
    attachImage({ filePath: join(directory, 'nothing.raw'), sectorSizeBytes: 512 }, openDiskPorts()),
    /cannot attach .*nothing.raw to \/dev\/loop\d+: .*No such file/,
  );
});

test('the kernel detaches when the process that attached is killed', { skip: cannotLoop }, async (context) => {
  const directory = await temporaryDirectory(context);
  const filePath = join(directory, 'image0.raw');
  await writeFile(filePath, Buffer.alloc(1024 * 1024));
  const script = `
    import { attachImage } from '${join(packageDirectory, 'src/loop/attach-image.ts')}';
    import { openDiskPorts } from '${join(packageDirectory, 'test/disk/disk-ports.ts')}';
    const { device } = await attachImage({ filePath: '${filePath}', sectorSizeBytes: 512 }, openDiskPorts());
    process.stdout.write(device);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: packageDirectory,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  const device = chunk.toString();
  assert.equal(await backingFileOf(device), filePath);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await waitUntilFree(device);
  assert.equal(existsSync(`/sys/block/${device.slice('/dev/'.length)}/loop`), false);
});
