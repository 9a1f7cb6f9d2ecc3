import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { thrownFaults } from './thrown-faults.js';

interface Entry {
  readonly type: string;
  readonly point?: string;
  readonly fstab?: string;
}

/** One disk for each entry. */
const parse = (entries: readonly Entry[]) =>
  parseLayout({
    text: entries
      .map(({ type, point, fstab }, index) => {
        const tab = fstab === undefined ? '' : `, fstab: { ${fstab} }`;
        const mount = `mount: { ${point === undefined ? '' : `mount_point: ${point}`}${tab} }`;
        return `- local_loop: { name: d${index}, mkfs: { name: fs${index}, type: ${type}, ${mount} } }`;
      })
      .join('\n'),
    origin: 't',
    defaults: { rootFileSystemType: 'ext4' },
  });

test('mounts are in the order of their points, swap last', () => {
  const { mounts } = parse([
    { type: 'swap', point: 'swap' },
    { type: 'vfat', point: '/var/log' },
    { type: 'ext4', point: '/' },
    { type: 'ext4', point: '/var/' },
  ]);
  assert.deepEqual(
    mounts.map(({ mountPoint, fileSystem }) => [mountPoint, fileSystem]),
    [
      ['/', 'fs2'],
      ['/var', 'fs3'],
      ['/var/log', 'fs1'],
      ['none', 'fs0'],
    ],
  );
});

test('several swaps live together, without a mount point too', () => {
  const { mounts } = parse([
    { type: 'swap' },
    { type: 'swap', point: 'none', fstab: 'options: nofail, fsck-passno: 1' },
  ]);
  assert.deepEqual(
    mounts.map(({ name, mountPoint, fstab }) => [name, mountPoint, fstab]),
    [
      ['mount_fs0', 'none', undefined],
      ['mount_fs1', 'none', { options: 'sw', dumpFrequency: 0, passNumber: 0 }],
    ],
  );
});

test('each mount comes after the one before it', () => {
  const { nodeOrder } = parse([
    { type: 'ext4', point: '/srv' },
    { type: 'ext4', point: '/home' },
    { type: 'ext4', point: '/' },
  ]);
  assert.deepEqual(
    nodeOrder.filter((name) => name.startsWith('mount')),
    ['mount_fs2', 'mount_fs1', 'mount_fs0'],
  );
});

test('mount points that collide after normalising are a fault', () => {
  const faults = thrownFaults(() =>
    parse([
      { type: 'ext4', point: '/var' },
      { type: 'xfs', point: '//var/' },
    ]),
  );
  assert.deepEqual(
    faults.map(({ message }) => message),
    ['mounts "mount_fs0" (line 1) and "mount_fs1" collide at /var'],
  );
});

test('a mount needs its point, one file system, and one fstab entry', () => {
  assert.deepEqual(
    thrownFaults(() => parse([{ type: 'ext4' }])).map(({ message }) => message),
    ['mount "mount_fs0" needs "mount_point"'],
  );
  const text = `
- local_loop: { name: d, mkfs: { name: fs, type: ext4, mount: { name: m, mount_point: /, fstab: {} } } }
- mount: { name: again, base: fs, mount_point: /again }
- fstab: { name: tab, base: m }
`;
  assert.deepEqual(
    thrownFaults(() => parseLayout({ text, origin: 't', defaults: { rootFileSystemType: 'ext4' } })).map(
      ({ where, message }) => `${where} ${message}`,
    ),
    ['t:3:3 mkfs "fs" is mounted twice, by "m" and "again"', 't:4:3 mount "m" has two fstab entries'],
  );
});
