import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import { builtInLayout } from '../../src/layout/choose-layout.js';
import { mbrLvmLayout } from './stock-layouts.js';

/** One layout that is built whole. */
export interface MatrixRow {
  readonly name: string;
  readonly text: string;
  /** Size of disks that the layout leaves open; absent: fitted to the tree. */
  readonly imageSizeMib?: number;
  /** `FS_TYPE`. */
  readonly rootType?: string;
}

function stock(element: string, file = 'block-device-default.yaml'): string {
  return readFileSync(join(builtinElementsDirectory, element, file), 'utf8');
}

const rootMount = 'mount: { mount_point: /, fstab: { fsck-passno: 1 } }';

/** A table on one disk; the partitions as YAML flow maps. */
function disk(label: 'mbr' | 'gpt', partitions: readonly string[], extra = ''): string {
  const list = partitions.map((partition) => `      - ${partition}\n`).join('');
  return `- local_loop: { name: image0 }\n- partitioning:\n    base: image0\n    label: ${label}\n${extra}    partitions:\n${list}`;
}

const empty = (name: string, size: string, more = ''): string => `{ name: ${name}, size: ${size}${more} }`;
const primary = ', flags: [ primary ]';
const root = (size: string, more = '', type = 'ext4'): string =>
  `{ name: root, size: ${size}${more}, mkfs: { name: mkfs_root, type: ${type}, ${rootMount} } }`;
const onto = (name: string, size: string, type: string, mountPoint: string, more = ''): string =>
  `{ name: ${name}, size: ${size}${more}, mkfs: { type: ${type}, label: ${name}, mount: { mount_point: ${mountPoint}, fstab: {} } } }`;
const swap = (name: string, size: string, more = ''): string =>
  `{ name: ${name}, size: ${size}${more}, mkfs: { type: swap, label: ${name}, mount: { fstab: {} } } }`;
const many = (count: number, more = ''): readonly string[] =>
  Array.from({ length: count }, (_, index) => empty(`part${index}`, '10MiB', more));

function lvm(options: {
  readonly pvs: readonly (readonly [name: string, base: string])[];
  readonly vgs: readonly (readonly [name: string, pvs: string])[];
  readonly lvs: readonly string[];
}): string {
  return [
    '- lvm:\n    name: lvm\n    pvs:',
    ...options.pvs.map(([name, base]) => `      - { name: ${name}, base: ${base} }`),
    '    vgs:',
    ...options.vgs.map(([name, pvs]) => `      - { name: ${name}, base: [ ${pvs} ] }`),
    '    lvs:',
    ...options.lvs.map((volume) => `      - { ${volume} }`),
    '',
  ].join('\n');
}

const rootOn = (base: string, type = 'ext4'): string =>
  `- mkfs: { name: mkfs_root, base: ${base}, type: ${type}, ${rootMount} }\n`;
const fileSystemOn = (base: string, type: string, mountPoint: string): string =>
  `- mkfs: { base: ${base}, type: ${type}, label: ${base}, mount: { mount_point: ${mountPoint}, fstab: {} } }\n`;

const sixVolumes = ['lv_root', 'lv_tmp', 'lv_var', 'lv_log', 'lv_audit', 'lv_home'];
const sixMounts = ['/', '/tmp', '/var', '/var/log', '/var/log/audit', '/home'];
const onSixVolumes = sixVolumes
  .map((name, index) => (index === 0 ? rootOn(name) : fileSystemOn(name, 'ext4', sixMounts[index] ?? '')))
  .join('');

/** Every layout of the stock elements, the scenarios of the format's description, and what users write beyond them. */
export const layoutMatrix: readonly MatrixRow[] = [
  { name: 'built-in, fitted', text: builtInLayout },
  { name: 'block-device-mbr, fitted', text: stock('block-device-mbr') },
  { name: 'block-device-mbr with xfs', text: stock('block-device-mbr'), rootType: 'xfs', imageSizeMib: 400 },
  { name: 'block-device-mbr with btrfs', text: stock('block-device-mbr'), rootType: 'btrfs', imageSizeMib: 256 },
  { name: 'block-device-mbr for Power', text: stock('block-device-mbr', 'block-device-ppc64el.yaml') },
  { name: 'block-device-gpt, fitted', text: stock('block-device-gpt') },
  { name: 'block-device-gpt for Power', text: stock('block-device-gpt', 'block-device-ppc64el.yaml') },
  { name: 'block-device-efi, fitted', text: stock('block-device-efi') },
  { name: 'block-device-efi on 2 GiB', text: stock('block-device-efi'), imageSizeMib: 2048 },
  { name: 'block-device-efi-4k, fitted', text: stock('block-device-efi-4k') },
  { name: 'block-device-efi-lvm', text: stock('block-device-efi-lvm'), imageSizeMib: 41 * 1024 },

  { name: 'mbr: one primary', text: disk('mbr', [empty('part', '10MiB', primary)]), imageSizeMib: 1024 },
  { name: 'mbr: a type', text: disk('mbr', [empty('part', '10MiB', `${primary}, type: 0x0C`)]), imageSizeMib: 1024 },
  { name: 'mbr: three primaries', text: disk('mbr', many(3, primary)), imageSizeMib: 1024 },
  { name: 'mbr: four primaries', text: disk('mbr', many(4, primary)), imageSizeMib: 1024 },
  { name: 'mbr: one logical', text: disk('mbr', many(1)), imageSizeMib: 1024 },
  { name: 'mbr: 64 logicals', text: disk('mbr', many(64)), imageSizeMib: 1024 },
  {
    name: 'mbr: three primaries and seven logicals',
    text: disk('mbr', [
      ...many(3, primary),
      ...Array.from({ length: 7 }, (_, index) => empty(`logical${index}`, '10MiB')),
    ]),
    imageSizeMib: 1024,
  },
  { name: 'mbr: a logical over everything', text: disk('mbr', [empty('part', '100%')]), imageSizeMib: 1024 },
  {
    name: 'mbr: percentages',
    text: disk('mbr', [
      root('54%', ', flags: [ boot, primary ]'),
      empty('data1', '40%'),
      empty('data2', '5%'),
      empty('data3', '1%'),
    ]),
    imageSizeMib: 1024,
  },
  {
    name: 'mbr: decimal units',
    text: disk('mbr', [empty('a', '10MB', primary), empty('b', '10MB'), empty('c', '20MB')]),
    imageSizeMib: 1024,
  },
  {
    name: 'mbr: logicals of a large disk',
    text: disk('mbr', [empty('a', '33%'), empty('b', '50%'), empty('c', '100%')]),
    imageSizeMib: 7680,
  },
  {
    name: 'mbr: narrow alignment',
    text: disk('mbr', [empty('a', '10MiB', primary), empty('b', '10MB')], '    align: 32KiB\n'),
    imageSizeMib: 1024,
  },
  {
    name: 'gpt: names with blanks, whole rest',
    text: disk('gpt', [
      empty('ESP', '8MiB', ', type: EF00'),
      empty('BSP', '8MiB', ', type: EF02'),
      empty('Root Part', '100%'),
    ]),
    imageSizeMib: 1024,
  },
  {
    name: 'gpt: less than a MiB, a GUID as type',
    text: disk('gpt', [
      empty('tiny', '100KiB'),
      empty('own', '1MiB', ', type: 4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709'),
      root('100%'),
    ]),
    imageSizeMib: 128,
  },

  {
    name: 'separate /boot, /var and swap on an mbr, fitted',
    text: disk('mbr', [
      onto('boot', '64MiB', 'ext4', '/boot', ', flags: [ boot, primary ]'),
      onto('var', '40MiB', 'ext4', '/var'),
      swap('swap', '16MiB', ', type: 82'),
      root('100%'),
    ]),
  },
  {
    name: 'mounts in mounts, a FAT among them, out of order',
    text: disk('gpt', [
      onto('varlog', '20MiB', 'vfat', '/var/log'),
      onto('var', '40MiB', 'ext4', '/var'),
      swap('swap', '8MiB'),
      root('100%'),
    ]),
    imageSizeMib: 256,
  },
  {
    name: 'ext2 and ext3',
    text: disk('gpt', [onto('boot', '40MiB', 'ext2', '/boot'), onto('srv', '40MiB', 'ext3', '/srv'), root('100%')]),
    imageSizeMib: 256,
  },
  {
    name: 'btrfs and xfs beside ext4',
    text: disk('gpt', [onto('srv', '320MiB', 'xfs', '/srv'), onto('opt', '120MiB', 'btrfs', '/opt'), root('100%')]),
    imageSizeMib: 640,
  },
  { name: 'btrfs root, fitted', text: disk('gpt', [root('100%', '', 'btrfs')]) },
  { name: 'xfs root, fitted', text: disk('mbr', [root('100%', ', flags: [ boot, primary ]', 'xfs')]) },
  {
    name: 'two swap areas',
    text: disk('gpt', [swap('swap1', '8MiB', ', type: 8200'), swap('swap2', '8MiB', ', type: 8200'), root('100%')]),
    imageSizeMib: 128,
  },
  {
    name: 'large sectors: ESP, swap, ext4, xfs',
    text: disk('gpt', [
      onto('ESP', '64MiB', 'vfat', '/boot/efi', ', type: EF00'),
      swap('swap', '8MiB'),
      onto('srv', '320MiB', 'xfs', '/srv'),
      root('100%'),
    ]).replace('{ name: image0 }', '{ name: image0, block_size: 4096 }'),
    imageSizeMib: 640,
  },

  {
    name: 'two disks, each with a table',
    text: `${disk('mbr', [root('100%', ', flags: [ boot, primary ]')])}- local_loop: { name: data, size: 80MiB }\n- partitioning: { base: data, label: gpt, partitions: [ ${onto('srv', '100%', 'ext4', '/srv')} ] }\n`,
    imageSizeMib: 128,
  },
  {
    name: 'a second disk without a table',
    text: `- local_loop: { name: image0, mkfs: { name: mkfs_root, type: ext4, ${rootMount} } }\n- local_loop: { name: data, size: 320MiB, mkfs: { type: xfs, label: data, mount: { mount_point: /srv, fstab: {} } } }\n`,
    imageSizeMib: 128,
  },

  { name: 'lvm: boot partition, root, var, swap', text: mbrLvmLayout, imageSizeMib: 4096 },
  {
    name: 'lvm: one group over two partitions',
    text: `${disk('mbr', [empty('root', '3000M', `${primary}, type: 8E`), empty('data', '1000M', `${primary}, type: 8E`)])}${lvm(
      {
        pvs: [
          ['pv_root', 'root'],
          ['pv_data', 'data'],
        ],
        vgs: [['vg', 'pv_root, pv_data']],
        lvs: ['1800M', '100M', '500M', '100M', '100M', '200M'].map(
          (size, index) => `name: ${sixVolumes[index]}, base: vg, size: ${size}`,
        ),
      },
    )}${onSixVolumes}`,
    imageSizeMib: 4096,
  },
  {
    name: 'lvm: two groups',
    text: `${disk('gpt', [empty('first', '300MiB', ', type: 8E00'), empty('second', '300MiB', ', type: 8E00')])}${lvm({
      pvs: [
        ['pv1', 'first'],
        ['pv2', 'second'],
      ],
      vgs: [
        ['vg1', 'pv1'],
        ['vg2', 'pv2'],
      ],
      lvs: ['name: lv_root, base: vg1, extents: 100%FREE', 'name: lv_var, base: vg2, extents: 50%VG'],
    })}${rootOn('lv_root')}${fileSystemOn('lv_var', 'ext4', '/var')}`,
    imageSizeMib: 640,
  },
  {
    name: 'lvm: a volume that spans two partitions',
    text: `${disk('gpt', [
      empty('first', '128MiB', ', type: 8E00'),
      empty('second', '128MiB', ', type: 8E00'),
      root('100%'),
    ])}${lvm({
      pvs: [
        ['pv1', 'first'],
        ['pv2', 'second'],
      ],
      vgs: [['vg', 'pv1, pv2']],
      lvs: ['name: lv_srv, base: vg, size: 200MiB'],
    })}${fileSystemOn('lv_srv', 'ext4', '/srv')}`,
    imageSizeMib: 512,
  },
  {
    name: 'lvm: volumes by extents beside ESP and BIOS boot',
    text: `${disk('gpt', [
      empty('all', '80%', ', type: 8E00'),
      onto('ESP', '64MiB', 'vfat', '/boot/efi', ', type: EF00'),
      empty('BSP', '8MiB', ', type: EF02'),
    ])}${lvm({
      pvs: [['pv', 'all']],
      vgs: [['vg', 'pv']],
      lvs: sixVolumes.map((name, index) => `name: ${name}, base: vg, extents: ${index === 0 ? 40 : 10}%VG`),
    })}${onSixVolumes}`,
    imageSizeMib: 1024,
  },
  {
    name: 'lvm: on whole disks',
    text: `- local_loop: { name: image0, size: 160MiB }\n- local_loop: { name: disk1, size: 160MiB }\n${lvm({
      pvs: [
        ['pv0', 'image0'],
        ['pv1', 'disk1'],
      ],
      vgs: [['vg', 'pv0, pv1']],
      lvs: ['name: lv_root, base: vg, size: 240MiB', 'name: lv_swap, base: vg, size: 16MiB'],
    })}${rootOn('lv_root')}- mkfs: { base: lv_swap, type: swap, mount: { fstab: {} } }\n`,
  },
  {
    name: 'lvm: xfs and btrfs volumes, hyphens in names',
    text: `${disk('gpt', [empty('all', '100%', ', type: 8E00')])}${lvm({
      pvs: [['pv', 'all']],
      vgs: [['my-vg', 'pv']],
      lvs: ['name: lv-root, base: my-vg, size: 320MiB', 'name: lv-opt, base: my-vg, size: 120MiB'],
    })}${rootOn('lv-root', 'xfs')}${fileSystemOn('lv-opt', 'btrfs', '/opt')}`,
    imageSizeMib: 512,
  },
  {
    name: 'lvm: small extents',
    text: `${disk('gpt', [empty('all', '100%', ', type: 8E00')])}- lvm:
    name: lvm
    pvs: [ { name: pv, base: all } ]
    vgs: [ { name: vg, base: [ pv ], options: [ "-s", "1m" ] } ]
    lvs: [ { name: lv_root, base: vg, size: 101MiB }, { name: lv_tmp, base: vg, extents: 100%FREE } ]
${rootOn('lv_root')}${fileSystemOn('lv_tmp', 'ext4', '/tmp')}`,
    imageSizeMib: 192,
  },
  {
    name: 'lvm: thin volumes',
    text: `${disk('gpt', [empty('all', '100%', ', type: 8E00')])}${lvm({
      pvs: [['pv', 'all']],
      vgs: [['vg', 'pv']],
      lvs: [
        'name: lv_root, base: vg, type: thin, thin-pool: pool, size: 200MiB',
        'name: pool, base: vg, type: thin-pool, size: 400MiB',
        'name: lv_var, base: vg, type: thin, thin-pool: pool, size: 120MiB',
        'name: lv_srv, base: vg, size: 64MiB',
      ],
    })}${rootOn('lv_root')}${fileSystemOn('lv_var', 'ext4', '/var')}${fileSystemOn('lv_srv', 'ext4', '/srv')}`,
    imageSizeMib: 640,
  },
];
