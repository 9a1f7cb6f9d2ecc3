import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listLoopDevices, releaseLoopDevice } from '../../bench/loop-devices.js';
import { packageDirectory } from '../../src/base/assets.js';
import { missingPrograms } from '../disk/disk-ports.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';
import { cannotLoop } from '../loop/in-namespace.js';

const skip = cannotLoop || missingPrograms('partx', 'delpart');

/** A disk of two partitions on a loop device, and the stand-in under the names of the programs that it answers for. */
async function openDisk(context: TestContext) {
  const directory = await temporaryDirectory(context);
  for (const name of ['kpartx', 'dmsetup'])
    symlinkSync(join(packageDirectory, 'bench/contestants/kpartx-stand-in'), join(directory, name));
  const imagePath = join(directory, 'image0.raw');
  execFileSync('truncate', ['--size', '8M', imagePath]);
  execFileSync('sfdisk', ['--quiet', imagePath], {
    input: 'label: dos\nstart=2048, size=4096, bootable\nstart=6144\n',
  });
  const device = execFileSync('losetup', ['--find', '--show', imagePath], { encoding: 'utf8' }).trim();
  const devices = listLoopDevices(directory);
  context.after(() => devices.forEach(releaseLoopDevice));
  return {
    device,
    disk: device.replace('/dev/', ''),
    run: (name: 'kpartx' | 'dmsetup', ...words: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync(join(directory, name), words, { encoding: 'utf8' });
      return { status, stdout, stderr };
    },
  };
}

function numberOf(name: string): string {
  return readFileSync(`/sys/class/block/${name}/dev`, 'utf8').trim();
}

const silence = { status: 0, stdout: '', stderr: '' };

for (const options of ['-av', '-uvs']) {
  test(`kpartx ${options} makes and tells the mappings, kpartx -d removes them`, { skip }, async (context) => {
    const { device, disk, run } = await openDisk(context);
    const added = run('kpartx', options, device);
    assert.deepEqual(added, {
      status: 0,
      stdout:
        `add map ${disk}p1 (${numberOf(`${disk}p1`)}): 0 4096 linear ${numberOf(disk)} 2048\n` +
        `add map ${disk}p2 (${numberOf(`${disk}p2`)}): 0 10240 linear ${numberOf(disk)} 6144\n`,
      stderr: '',
    });
    assert.equal(readlinkSync(`/dev/mapper/${disk}p2`), `../${disk}p2`);
    assert.equal(execFileSync('blockdev', ['--getsz', `/dev/mapper/${disk}p2`], { encoding: 'utf8' }), '10240\n');

    assert.deepEqual(run('kpartx', '-d', device), silence);
    assert.deepEqual(
      [`/dev/mapper/${disk}p1`, `/dev/mapper/${disk}p2`, `/sys/block/${disk}/${disk}p1`].filter(existsSync),
      [],
    );
    assert.deepEqual(run('kpartx', '-d', device), silence);
  });
}

test('kpartx -l tells partitions and makes nothing', { skip }, async (context) => {
  const { device, disk, run } = await openDisk(context);
  assert.deepEqual(run('kpartx', '-l', device), {
    status: 0,
    stdout: `${disk}p1 : 0 4096 ${device} 2048\n${disk}p2 : 0 10240 ${device} 6144\n`,
    stderr: '',
  });
  assert.equal(existsSync(`/sys/block/${disk}/${disk}p1`), false);
});

test('dmsetup removes one mapping, as a failed build of the original asks for', { skip }, async (context) => {
  const { device, disk, run } = await openDisk(context);
  assert.deepEqual(run('kpartx', '-a', device), silence);
  assert.deepEqual(run('dmsetup', '--noudevsync', 'mknodes'), silence);
  assert.deepEqual(run('dmsetup', 'remove', `${disk}p1`), silence);
  assert.equal(existsSync(`/dev/mapper/${disk}p1`), false);
  assert.equal(existsSync(`/dev/mapper/${disk}p2`), true);
});

test('a mapping in use stays, and the failure is said', { skip }, async (context) => {
  const { device, disk, run } = await openDisk(context);
  assert.deepEqual(run('kpartx', '-a', device), silence);
  const descriptor = openSync(`/dev/${disk}p1`, 'r');
  try {
    assert.deepEqual(run('kpartx', '-d', device), {
      status: 1,
      stdout: '',
      stderr: 'delpart: failed to remove partition: Device or resource busy\n',
    });
  } finally {
    closeSync(descriptor);
  }
  assert.equal(existsSync(`/dev/mapper/${disk}p1`), true);
});

test('what the original does not ask for is refused', { skip }, async (context) => {
  const { device, run } = await openDisk(context);
  assert.deepEqual(run('dmsetup', 'ls'), {
    status: 1,
    stdout: '',
    stderr: 'dmsetup: the stand-in for device-mapper knows no ls\n',
  });
  assert.deepEqual(run('kpartx', device), {
    status: 1,
    stdout: '',
    stderr: `kpartx: the stand-in for device-mapper knows no ${device}\n`,
  });
});
