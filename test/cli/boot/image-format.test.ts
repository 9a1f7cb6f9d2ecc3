import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findImageFormat } from '../../../src/cli/boot/image-format.js';
import type { Programs } from '../../../src/model/ports.js';
import { openRecordingWorld } from '../recording-world.js';

const nothingInstalled: Programs = {
  run: () => Promise.reject(new Error('nothing runs')),
  require: () => Promise.reject(new Error('nothing runs')),
  requirePipeline: () => Promise.reject(new Error('nothing runs')),
  find: () => undefined,
};

test('qemu-img tells the format, whatever the name', async (context) => {
  const world = openRecordingWorld(context);
  const { programs } = await world.openPorts();
  if (programs.find('qemu-img') === undefined) return context.skip('qemu-img is not installed');
  const imagePath = `${world.workingDirectory}/disk.raw`;
  await programs.require({ program: 'qemu-img', arguments: ['create', '-q', '-f', 'qcow2', imagePath, '1M'] });
  assert.equal(await findImageFormat(imagePath, programs), 'qcow2');
});

test('without qemu-img the name tells', async () => {
  const formats = await Promise.all(
    ['a.qcow2', 'a.raw', 'a.img', 'a.vhd', 'a.vmdk'].map((path) => findImageFormat(path, nothingInstalled)),
  );
  assert.deepEqual(formats, ['qcow2', 'raw', 'raw', 'vpc', 'vmdk']);
  await assert.rejects(findImageFormat('/x/image', nothingInstalled), {
    code: 'USAGE',
    message: 'the format of /x/image cannot be told from its name',
    hint: 'install qemu-utils, which finds out',
  });
});

test('archives are no disks', async () => {
  await assert.rejects(findImageFormat('x.tar', nothingInstalled), {
    message: 'x.tar is not a disk that can be booted',
    hint: 'build a disk image, for example with -t qcow2',
  });
  await assert.rejects(findImageFormat('x.raw.zst', nothingInstalled), { hint: 'unpack it first: zstd -d' });
});
