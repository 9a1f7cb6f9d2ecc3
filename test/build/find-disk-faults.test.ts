import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDiskFaults } from '../../src/build/find-disk-faults.js';
import { parseLayout } from '../../src/layout/parse-layout.js';
import type { DiskModeChoice } from '../../src/model/plan.js';
import type { BuildRequest } from '../../src/model/request.js';
import { openTestPorts } from '../helpers/ports.js';

const layout = `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: gpt
    partitions:
      - { name: a, size: 700MiB, mkfs: { type: reiserfs, label: a, mount: { mount_point: /a } } }
      - { name: root, size: 700MiB, mkfs: { type: ext4, mount: { mount_point: / } } }
`;

function find(mode: DiskModeChoice['mode'], { text = layout, imageSizeGib = undefined as number | undefined } = {}) {
  const spec = parseLayout({ text, origin: 'my.yaml', defaults: { rootFileSystemType: 'ext4' } });
  const request = {
    size: imageSizeGib === undefined ? {} : { imageSizeGib },
    rootFileSystem: { type: 'ext4', mkfsOptions: '' },
  } as unknown as BuildRequest;
  return findDiskFaults({ spec, request, diskMode: { mode, because: 'a test' } }, openTestPorts()).map(
    ({ code, where }) => `${code} ${where}`,
  );
}

test('a type that only the loop mode makes is a fault of the files mode', () => {
  assert.deepEqual(find('files'), ['FILE_SYSTEM_UNSUPPORTED my.yaml:7:34']);
  assert.deepEqual(find('loop'), []);
  assert.deepEqual(find('none', { imageSizeGib: 1 }), []);
});

test('what does not fit on a disk of a given size is known before the build', () => {
  assert.deepEqual(find('loop', { imageSizeGib: 1 }), ['LAYOUT_TOO_SMALL my.yaml:8:9']);
  assert.deepEqual(find('loop', { imageSizeGib: 2 }), []);
  const text = layout.replace('name: image0', 'name: image0, size: 1GiB');
  assert.deepEqual(find('files', { text }), ['FILE_SYSTEM_UNSUPPORTED my.yaml:7:34', 'LAYOUT_TOO_SMALL my.yaml:8:9']);
});

test('a part of fixed size that is less than its file system can be is known, too', () => {
  const text = layout.replace('700MiB, mkfs: { type: reiserfs', '100MiB, mkfs: { type: xfs');
  assert.deepEqual(find('files', { text }), ['LAYOUT_TOO_SMALL my.yaml:7:34']);
});
