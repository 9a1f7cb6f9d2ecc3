import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFaultList } from '../../src/layout/fault-list.js';
import { flatConfigOf } from '../../src/layout/flat-config.js';
import { flattenTree } from '../../src/layout/flatten-tree.js';
import { readPlacedYaml } from '../../src/layout/read-placed-yaml.js';
import { efiLayout, mbrLvmLayout } from './stock-layouts.js';
import { thrownFaults } from './thrown-faults.js';

function flatten(text: string) {
  const faults = openFaultList('t');
  const config = flatConfigOf(flattenTree(readPlacedYaml(text, faults), faults));
  faults.throwAll();
  return { config, warnings: faults.warnings };
}

const faultsIn = (text: string) => thrownFaults(() => flatten(text)).map(({ where, message }) => `${where} ${message}`);

test('a nested mount comes before its file system and gets name and base', () => {
  const text = '- mkfs: { name: root_fs, base: root_part, type: xfs, mount: { mount_point: / } }';
  assert.deepEqual(flatten(text).config, [
    { mount: { mount_point: '/', base: 'root_fs', name: 'mount_root_fs' } },
    { mkfs: { name: 'root_fs', base: 'root_part', type: 'xfs' } },
  ]);
});

test('partitions hand their name down and take the base of the table', () => {
  const text = `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    name: mbr
    label: mbr
    partitions:
      - name: root
        flags: [ boot, primary ]
        size: 100%
        mkfs: { type: ext4, mount: { mount_point: /, fstab: { options: defaults, fsck-passno: 1 } } }
`;
  assert.deepEqual(flatten(text).config, [
    { local_loop: { name: 'image0' } },
    {
      fstab: { options: 'defaults', 'fsck-passno': 1, base: 'mount_mkfs_root', name: 'fstab_mount_mkfs_root' },
    },
    { mount: { mount_point: '/', base: 'mkfs_root', name: 'mount_mkfs_root' } },
    { mkfs: { type: 'ext4', base: 'root', name: 'mkfs_root' } },
    {
      partitioning: {
        base: 'image0',
        name: 'mbr',
        label: 'mbr',
        partitions: [{ name: 'root', flags: ['boot', 'primary'], size: '100%', base: 'image0' }],
      },
    },
  ]);
});

test('the efi layout gives children of ESP, then of root, then the table', () => {
  assert.deepEqual(
    flatten(efiLayout).config.map((entry) =>
      Object.entries(entry).map(([plugin, values]) => `${plugin} ${(values as { name: string }).name}`),
    ),
    [
      ['local_loop image0'],
      ['fstab fstab_mount_mkfs_ESP'],
      ['mount mount_mkfs_ESP'],
      ['mkfs mkfs_ESP'],
      ['fstab fstab_mount_mkfs_root'],
      ['mount mount_mkfs_root'],
      ['mkfs mkfs_root'],
      ['partitioning partitioning_image0'],
    ],
  );
});

test('flat input passes unchanged', () => {
  const flat = flatten(mbrLvmLayout).config;
  assert.deepEqual(flatten(JSON.stringify(flat)).config, flat);
});

test('default names follow the base', () => {
  const text = '- lvm: { base: mbr, pvs: [], vgs: [], lvs: [] }\n- mkfs: { base: a, name: ~ }';
  assert.deepEqual(
    flatten(text).config.map((entry) => Object.values(entry).map((values) => (values as { name: string }).name)),
    [['lvm_mbr'], ['mkfs_a']],
  );
});

test('items of lvs carry nested file systems', () => {
  const text = '- lvm: { name: lvm, pvs: [], vgs: [], lvs: [ { name: lv, base: vg, size: 1G, mkfs: { type: xfs } } ] }';
  assert.deepEqual(flatten(text).config, [
    { mkfs: { type: 'xfs', base: 'lv', name: 'mkfs_lv' } },
    { lvm: { name: 'lvm', pvs: [], vgs: [], lvs: [{ name: 'lv', base: 'vg', size: '1G' }] } },
  ]);
});

test('entries of a wrong shape are named', () => {
  assert.deepEqual(faultsIn('a: 1'), ['t:1:1 a layout is a list of entries, not a mapping']);
  assert.deepEqual(faultsIn(''), ['t:1:1 a layout is a list of entries, not nothing']);
  assert.deepEqual(faultsIn('- 5'), ['t:1:3 an entry is a mapping with one plugin as its key, not "5"']);
  assert.deepEqual(faultsIn('- {}'), ['t:1:3 an entry has exactly one key, the plugin; found none']);
  assert.deepEqual(faultsIn('- mkfs: {base: a}\n  mount: {base: b}'), [
    't:1:3 an entry has exactly one key, the plugin; found mkfs, mount',
  ]);
  assert.deepEqual(faultsIn('- mkfs:'), ['t:1:3 mkfs needs a mapping of its keys, found nothing']);
  assert.deepEqual(faultsIn('- mkfs: { type: ext4 }'), ['t:1:3 mkfs needs a name or a base']);
  assert.deepEqual(faultsIn('- mkfz: { base: a }'), ['t:1:3 unknown plugin "mkfz"']);
});

test('unknown keys are reported with the nearest known one', () => {
  assert.deepEqual(flatten('- fstab: { base: m, fck-passno: 1 }').warnings, [
    't:1:21: unknown key "fck-passno" in fstab is ignored; did you mean "fsck-passno"?',
  ]);
  assert.deepEqual(flatten('- mount: { base: m, mount_point: /, colour: red }').warnings, [
    't:1:37: unknown key "colour" in mount is ignored; known: base, name, mount_point',
  ]);
});
