import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import type { Element } from '../../src/model/element.js';
import type { BuildRequest } from '../../src/model/request.js';
import { chooseDiskMode, usedDeviceVariable } from '../../src/plan/choose-disk-mode.js';

function elementAt(name: string, directory: string, paths: readonly string[]): Element {
  const files = paths.map((path) => ({ path, kind: 'file' as const, digest: '', sizeBytes: 0, mode: 0o755 }));
  return { name, directory, dependencies: [], provides: [], requestedBy: [], files, digest: '' };
}

function elementWith(context: TestContext, name: string, hooks: Readonly<Record<string, string>>): Element {
  const directory = mkdtempSync(join(tmpdir(), 'dib-mode-'));
  context.after(() => rmSync(directory, { recursive: true }));
  for (const [path, text] of Object.entries(hooks)) {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return elementAt(name, directory, Object.keys(hooks));
}

function choose(elements: readonly Element[], request: Partial<BuildRequest> = {}) {
  return chooseDiskMode({
    request: { mode: 'disk', formats: ['qcow2'], ...request } as unknown as BuildRequest,
    elementSet: { elements, digest: '', warnings: [] },
  });
}

const files = { mode: 'files', because: 'every file system is made from its part of the tree, without loop devices' };

test('nothing is made without a disk format, in ramdisk mode and with no-final-image', () => {
  assert.deepEqual(choose([], { formats: ['tar'] }), {
    mode: 'none',
    because: 'no requested format is made from a disk',
  });
  assert.deepEqual(choose([], { mode: 'ramdisk' }), { mode: 'none', because: 'a ramdisk has no disk image' });
  assert.deepEqual(choose([elementAt('no-final-image', '/x', [])]), {
    mode: 'none',
    because: 'the element no-final-image is in the build',
  });
});

test('DIB_DISK_MODE is the last word', (context) => {
  const owner = elementWith(context, 'disk-maker', { 'block-device.d/10-make': 'true\n' });
  assert.deepEqual(choose([owner], { diskMode: 'files' }), { mode: 'files', because: 'DIB_DISK_MODE=files' });
  assert.deepEqual(choose([], { diskMode: 'loop' }), { mode: 'loop', because: 'DIB_DISK_MODE=loop' });
});

test('block-device.d hooks need the loop mode', (context) => {
  const owner = elementWith(context, 'disk-maker', { 'block-device.d/10-make': 'true\n' });
  assert.deepEqual(choose([owner]), { mode: 'loop', because: 'element "disk-maker" has block-device.d hooks' });
});

test('zipl needs the loop mode', () => {
  assert.deepEqual(choose([elementAt('zipl', join(builtinElementsDirectory, 'zipl'), ['finalise.d/50-zipl'])]), {
    mode: 'loop',
    because: 'the element zipl writes where the blocks of the kernel lie',
  });
});

test('a foreign hook that works on the device needs the loop mode, and is named', (context) => {
  const plain = elementWith(context, 'plain', { 'finalise.d/50-plain': 'grub-install "$IMAGE_BLOCK_DEVICE"\n' });
  const user = elementWith(context, 'boot-writer', {
    'finalise.d/60-write': 'dd if=/boot/mbr of="$IMAGE_BLOCK_DEVICE" conv=notrunc\n',
  });
  assert.deepEqual(choose([plain]), files);
  assert.deepEqual(choose([plain, user]), {
    mode: 'loop',
    because: 'hook finalise.d/60-write of element "boot-writer" uses IMAGE_BLOCK_DEVICE',
  });
});

test('hooks of earlier phases and elements of this package do not matter', (context) => {
  const early = elementWith(context, 'early', { 'install.d/50-x': 'echo $IMAGE_BLOCK_DEVICE\n' });
  const bootloader = elementAt('bootloader', `${builtinElementsDirectory}/bootloader`, ['finalise.d/50-bootloader']);
  assert.deepEqual(choose([early, bootloader]), files);
});

test('comments, tests for being set and calls of grub-install are no use of the device', () => {
  const uses = (text: string) => usedDeviceVariable(text);
  assert.equal(uses('# IMAGE_BLOCK_DEVICE is the disk\n'), undefined);
  assert.equal(
    uses('if [ -n "${IMAGE_BLOCK_DEVICE:-}" ]; then\n  grub2-install \\\n    $IMAGE_BLOCK_DEVICE\nfi\n'),
    undefined,
  );
  assert.equal(uses('[[ -z "$IMAGE_BLOCK_DEVICE" ]] && exit 0\n'), undefined);
  assert.equal(uses('eval declare -A DEVICES=( $IMAGE_BLOCK_DEVICES )\n'), 'IMAGE_BLOCK_DEVICES');
  assert.equal(uses('disk=$IMAGE_BLOCK_DEVICE\n'), 'IMAGE_BLOCK_DEVICE');
  assert.equal(uses('echo "${MY_IMAGE_BLOCK_DEVICE_X}"\n'), undefined);
});
