import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtInLayout } from '../../src/layout/choose-layout.js';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { createDisk } from '../../src/steps/create-disk.js';
import { sizeDisk } from '../../src/steps/size-disk.js';
import { openTestStepContext, type TestStepContext } from '../helpers/step-context.js';

const mebibyte = 1024 * 1024;
const layoutSpec = parseLayout({ text: builtInLayout, origin: 'built-in', defaults: { rootFileSystemType: 'ext4' } });

function open(contentBytes: number): TestStepContext {
  const opened = openTestStepContext({
    request: { size: {}, rootFileSystem: { type: 'ext4', mkfsOptions: '' } },
    plan: { layoutSpec },
  });
  const measured = { bytes: contentBytes };
  opened.context.ports.measureTree = async () => ({
    totalBytes: measured.bytes,
    byMountPoint: { '/': { contentBytes: measured.bytes, inodeCount: 1000 } },
    reportLines: ['=== usage'],
  });
  mkdirSync(join(opened.context.workspace.treeDirectory, 'etc'));
  return opened;
}

test('the disk is laid out, and later hooks are told its size, devices, fstab and boot table', async () => {
  const { context, root, targetCalls, events } = open(600 * mebibyte);
  mkdirSync(join(context.workspace.treeDirectory, 'lost+found'));
  symlinkSync('/etc/passwd', join(context.workspace.treeDirectory, 'etc/fstab'));
  await sizeDisk(context);
  assert.equal(context.state.layout?.images[0]?.sizeBytes, (600 / 0.6 + 64) * mebibyte);
  assert.deepEqual(
    [...context.state.hookVariables],
    [
      ['DIB_IMAGE_SIZE', String((1000 + 64) * 1024)],
      ['IMAGE_BLOCK_DEVICE', '/dev/dib-image0'],
      ['IMAGE_BLOCK_DEVICES', ' [image0]=/dev/dib-image0 '],
    ],
  );
  const fstab = join(context.workspace.treeDirectory, 'etc/fstab');
  assert.equal(lstatSync(fstab).isSymbolicLink(), false);
  assert.equal(readFileSync(fstab, 'utf8'), 'LABEL=cloudimg-rootfs / ext4 defaults 0 1\n');
  assert.match(
    readFileSync(join(context.workspace.stagingDirectory, 'dib-layout'), 'utf8'),
    /^disk\t\/dev\/dib-image0\tname=image0/,
  );
  assert.deepEqual(targetCalls, ['unmountAll', 'attachKernelFileSystems']);
  assert.ok(events.some((event) => event.kind === 'message' && event.text === '=== usage'));
  rmSync(root, { recursive: true });
});

test('a tree that grew after sizing gets the larger disk, with the same identifiers', async () => {
  const { context, root } = open(300 * mebibyte);
  const assembled: unknown[] = [];
  context.ports.assembleDisk = async (layout, bootFiles) => {
    assembled.push(bootFiles);
    return new Map([['image0', `/x/${layout.images[0]?.sizeBytes}`]]);
  };
  await sizeDisk(context);
  const early = context.state.layout;
  context.ports.measureTree = async () => ({
    totalBytes: 900 * mebibyte,
    byMountPoint: { '/': { contentBytes: 900 * mebibyte, inodeCount: 1000 } },
    reportLines: [],
  });
  context.state.bootRecords = ['i386-pc\t/dev/dib-image0\t/boot/grub/i386-pc'];
  await createDisk(context);
  assert.deepEqual([...(context.state.rawPaths ?? [])], [['image0', `/x/${(1500 + 64) * mebibyte}`]]);
  assert.equal(context.state.layout?.fileSystems[0]?.uuid, early?.fileSystems[0]?.uuid);
  assert.deepEqual(assembled, ['required']);
  rmSync(root, { recursive: true });
});
