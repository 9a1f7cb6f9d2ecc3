import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLayout } from '../../src/layout/parse-layout.js';
import {
  efi4kLayout,
  efiLayout,
  efiLvmLayout,
  gptLayout,
  mbrLayout,
  mbrLvmLayout,
  mbrPowerLayout,
  plainLayout,
  richLayout,
} from './stock-layouts.js';
import { thrownFaults } from './thrown-faults.js';

const defaults = { rootFileSystemType: 'ext4' };
const parse = (text: string) => parseLayout({ text, origin: 't', defaults });
const faultsOf = (text: string) => thrownFaults(() => parse(text)).map(({ where, message }) => `${where} ${message}`);

test('nodes are made in the order of generations', () => {
  const orders: readonly (readonly [string, string])[] = [
    [plainLayout, 'image0 mkfs_root mount_mkfs_root fstab_mount_mkfs_root'],
    [mbrLayout, 'image0 root mkfs_root mount_mkfs_root fstab_mount_mkfs_root'],
    [
      efiLayout,
      'image0 ESP mkfs_ESP BSP root mkfs_root mount_mkfs_root mount_mkfs_ESP fstab_mount_mkfs_root fstab_mount_mkfs_ESP',
    ],
    [
      efiLvmLayout,
      'image0 ESP mkfs_ESP BSP root lvm pv vg lv_root lv_var lv_home fs_root fs_var fs_home mount_fs_root mount_mkfs_ESP fstab_mount_fs_root fstab_mount_mkfs_ESP mount_fs_home mount_fs_var fstab_mount_fs_home fstab_mount_fs_var',
    ],
    [
      mbrLvmLayout,
      'image0 boot root mkfs_boot lvm pv vg lv_root lv_var lv_swap mkfs_root mkfs_var mkfs_swap mount_mkfs_root mount_mkfs_boot fstab_mount_mkfs_root fstab_mount_mkfs_boot mount_mkfs_var fstab_mount_mkfs_var mount_mkfs_swap fstab_mount_mkfs_swap',
    ],
  ];
  for (const [text, order] of orders) assert.equal(parse(text).nodeOrder.join(' '), order);
});

test('the mbr layout as a whole', () => {
  assert.deepEqual(parse(mbrLayout), {
    images: [{ name: 'image0', sectorSizeBytes: 512, where: 't:2:3' }],
    partitionTables: [
      {
        name: 'partitioning_image0',
        image: 'image0',
        label: 'mbr',
        alignmentBytes: 1048576,
        partitions: [
          {
            name: 'root',
            size: { kind: 'percent', percent: 100 },
            isLogical: false,
            isBootable: true,
            mbrType: 131,
            where: 't:8:9',
          },
        ],
        where: 't:4:3',
      },
    ],
    volumeGroups: [],
    fileSystems: [
      {
        name: 'mkfs_root',
        base: 'root',
        type: 'ext4',
        label: 'cloudimg-rootfs',
        options: [],
        takesRootOptions: true,
        where: 't:11:9',
      },
    ],
    mounts: [
      {
        name: 'mount_mkfs_root',
        fileSystem: 'mkfs_root',
        mountPoint: '/',
        fstab: { options: 'defaults', dumpFrequency: 0, passNumber: 1 },
        where: 't:12:11',
      },
    ],
    nodeOrder: ['image0', 'root', 'mkfs_root', 'mount_mkfs_root', 'fstab_mount_mkfs_root'],
    flatConfig: [
      { local_loop: { name: 'image0' } },
      { fstab: { options: 'defaults', 'fsck-passno': 1, base: 'mount_mkfs_root', name: 'fstab_mount_mkfs_root' } },
      { mount: { mount_point: '/', base: 'mkfs_root', name: 'mount_mkfs_root' } },
      { mkfs: { base: 'root', name: 'mkfs_root', type: 'ext4', label: 'cloudimg-rootfs' } },
      {
        partitioning: {
          base: 'image0',
          label: 'mbr',
          partitions: [{ name: 'root', flags: ['boot', 'primary'], size: '100%', base: 'image0' }],
          name: 'partitioning_image0',
        },
      },
    ],
    origin: 't',
    warnings: [],
  });
});

test('the flat list gives the same layout again', () => {
  const withoutPlaces = (spec: unknown) =>
    JSON.parse(
      JSON.stringify(spec, (key, value) => (key === 'where' || key === 'takesRootOptions' ? undefined : value)),
    );
  for (const text of [
    plainLayout,
    mbrLayout,
    mbrPowerLayout,
    gptLayout,
    efiLayout,
    efi4kLayout,
    efiLvmLayout,
    mbrLvmLayout,
  ]) {
    const spec = parse(text);
    assert.deepEqual(withoutPlaces(parse(JSON.stringify(spec.flatConfig))), withoutPlaces(spec));
  }
});

test('DIB_BLOCK_SIZE wins over the layout', () => {
  const spec = parseLayout({ text: efiLayout, origin: 't', defaults, sectorSizeBytes: 4096 });
  assert.equal(spec.images[0]?.sectorSizeBytes, 4096);
});

test('settings of the command line that act on nothing are warned of', () => {
  const spec = parseLayout({
    text: efiLvmLayout,
    origin: 't',
    defaults: { rootFileSystemType: 'btrfs', rootLabel: 'mine' },
  });
  assert.deepEqual(spec.warnings, [
    't:1:1: FS_TYPE btrfs has no effect: the layout makes xfs at /',
    't:1:1: the root label "mine" has no effect: the layout labels / "img-rootfs"',
  ]);
});

test('an empty list is a layout of nothing', () => {
  assert.deepEqual(parse('[]').warnings, ['t:1:1: the layout is empty; no disk is made']);
});

test('all faults of a layout are reported together, in the order of the text', () => {
  const text = `
- local_loop: { name: image0, size: 5g }
- partitioning:
    base: image1
    label: mbr
    partitions:
      - { name: a, size: 110% }
      - { name: a, size: 1G, flags: [ primary ], type: 800 }
- mkfs: { base: b, type: xfs, label: muchtoolongforxfs, mount: { mount_point: var } }
- mkfs: { base: a }
- wrong
`;
  assert.deepEqual(faultsOf(text), [
    't:2:37 size of local_loop "image0" must be a size (unknown unit "g"), found "5g"',
    't:4:11 partition "a" stands on "image1", which does not exist (image1 → a)',
    't:7:26 size of partition "a" must be a size (110 % is more than the 100 % that are free), found "110%"',
    't:8:9 primary partition "a" comes after the logical "a"',
    't:8:9 the name "a" of a partition is already that of the partition at line 7',
    't:8:56 type of partition "a" is "800": an MBR type is one byte, 01 to FF; four digits are for gpt',
    't:9:17 mkfs "mkfs_b" stands on "b", which does not exist (b → mkfs_b)',
    't:9:38 label "muchtoolongforxfs" of mkfs "mkfs_b" is 17 bytes long; xfs holds 12',
    't:9:79 mount_point of mount "mount_mkfs_b" is "var": a mount point is an absolute path',
    't:10:3 mkfs "mkfs_a" needs "type"',
    't:11:3 an entry is a mapping with one plugin as its key, not "wrong"',
  ]);
});

test('a cycle is given with its names', () => {
  const text = `
- partitioning: { base: root, label: gpt, partitions: [ { name: root, size: 1G } ] }
`;
  assert.deepEqual(faultsOf(text), ['t:2:57 these stand on each other: root → root']);
  const longer = `
- mkfs: { name: a, base: c, type: ext4 }
- mount: { name: b, base: a, mount_point: / }
- fstab: { name: c, base: b }
`;
  assert.deepEqual(faultsOf(longer), ['t:2:3 these stand on each other: a → b → c → a']);
});

test('what stands on something of the wrong kind is named', () => {
  const text = `
- local_loop: { name: image0 }
- mkfs: { name: fs, base: image0, type: ext4 }
- fstab: { name: tab, base: fs }
- mount: { name: m, base: image0, mount_point: / }
`;
  assert.deepEqual(faultsOf(text), [
    't:4:29 fstab "tab" stands on "fs", a mkfs; it needs a mount',
    't:5:27 mount "m" stands on "image0", a local_loop; it needs a mkfs',
  ]);
});

test('two names alike are a fault', () => {
  const text = '- local_loop: { name: same }\n- mount: { name: same, base: x, mount_point: / }\n';
  assert.deepEqual(faultsOf(text), ['t:2:3 the name "same" of a mount is already that of the local_loop at line 1']);
});

test('an mbr needs sectors of 512 bytes', () => {
  const text = mbrLayout.replace('name: image0', 'name: image0\n    block_size: 4096');
  assert.deepEqual(faultsOf(text), ['t:5:3 an mbr needs sectors of 512 bytes; image0 has 4096']);
});

test('alignment in whole sectors', () => {
  const text = efi4kLayout.replace('label: gpt', 'label: gpt\n    align: 2KiB');
  assert.deepEqual(faultsOf(text), ['t:5:3 align 2048 is no multiple of the sector size 4096 of image0']);
});

test('two things on one device are a fault', () => {
  const text = `
- local_loop: { name: image0 }
- mkfs: { name: fs, base: image0, type: ext4 }
- partitioning: { base: image0, label: gpt, partitions: [ { name: root, size: 1G } ] }
`;
  assert.deepEqual(faultsOf(text), [
    't:4:3 partitioning "partitioning_image0" and mkfs "fs" (line 3) both write to "image0"',
  ]);
});

test('a file system cannot lie on a thin pool itself', () => {
  const text = richLayout.replace('extents: 60%VG', 'extents: 60%VG, mkfs: { type: ext4 }');
  assert.deepEqual(faultsOf(text), ['t:11:3 thin pool "pool" and mkfs "mkfs_pool" (line 16) both write to "pool"']);
});

test('an empty table on no disk is a fault', () => {
  assert.deepEqual(faultsOf('- partitioning: { base: nothing, label: gpt, partitions: [] }'), [
    't:1:3 partitioning "partitioning_nothing" stands on "nothing", which is no local_loop',
  ]);
});

test('text that is no YAML is reported as such', () => {
  assert.deepEqual(faultsOf('- a: [ 1'), [
    't:1:9 not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ]);
});
