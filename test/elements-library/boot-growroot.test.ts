import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import { openTree, type Tree } from './boot-tree.js';

const growroot = join(builtinElementsDirectory, 'growroot/static/usr/local/sbin/growroot');
const hook = join(builtinElementsDirectory, 'growroot/post-install.d/80-growroot');

/** A machine with one partition on a disk, and on it what `stack` names, each on the one before it. */
function machine(
  context: TestContext,
  {
    type,
    partitionSectors,
    stack = [],
    source = stack.length > 0 ? `/dev/mapper/${stack.at(-1)?.name}` : '/dev/vda2',
  }: {
    readonly type: string;
    readonly partitionSectors: number;
    readonly stack?: readonly { readonly name: string; readonly identity: string }[];
    readonly source?: string;
  },
): Tree | undefined {
  const tree = openTree(context);
  if (tree === undefined) return undefined;
  const disk = '/fake/sys/devices/vda';
  tree.write(`${disk}/size`, '41943040\n');
  tree.write(`${disk}/vda2/partition`, '2\n');
  tree.write(`${disk}/vda2/start`, '18432\n');
  tree.write(`${disk}/vda2/size`, `${partitionSectors}\n`);
  const link = (name: string, target: string): void => {
    const path = join(tree.directory, 'fake/sys/class/block', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  };
  link('vda', '../../devices/vda');
  link('vda2', '../../devices/vda/vda2');
  tree.write('/dev/vda2', '');
  let below = 'vda2';
  for (const [index, { name, identity }] of stack.entries()) {
    const device = `/fake/sys/devices/dm-${index}`;
    tree.write(`${device}/dm/name`, `${name}\n`);
    tree.write(`${device}/dm/uuid`, `${identity}\n`);
    tree.write(`${device}/slaves/${below}/link`, '');
    link(`dm-${index}`, `../../devices/dm-${index}`);
    tree.write(`/dev/dm-${index}`, '');
    mkdirSync(join(tree.directory, 'dev/mapper'), { recursive: true });
    symlinkSync(`../dm-${index}`, join(tree.directory, 'dev/mapper', name));
    below = `dm-${index}`;
  }
  tree.write(
    '/stub/findmnt',
    `#!/bin/bash\ncase "$*" in *FSTYPE*) echo ${type} ;; *SOURCE*) echo '${source}' ;; esac\n`,
    0o755,
  );
  for (const name of ['growpart', 'resize2fs', 'xfs_growfs', 'btrfs', 'pvresize', 'lvextend', 'cryptsetup'])
    tree.stub(name);
  return tree;
}

function grow(tree: Tree) {
  tree.write('/calls', '');
  const { status, stdout, stderr } = tree.run(growroot, { environment: { GROWROOT_SYS: '/fake/sys' } });
  const calls = readFileSync(join(tree.directory, 'calls'), 'utf8').split('\n').filter(Boolean);
  return { status, stdout, stderr, calls };
}

test('a partition and the file system on it grow, each type by its own program', (context) => {
  for (const [type, program] of [
    ['ext4', 'resize2fs /dev/vda2'],
    ['xfs', 'xfs_growfs /'],
    ['btrfs', 'btrfs filesystem resize max /'],
  ] as const) {
    const tree = machine(context, { type, partitionSectors: 4194304 });
    if (tree === undefined) return;
    const { status, stderr, calls } = grow(tree);
    assert.deepEqual([status, stderr, calls], [0, '', ['growpart /dev/vda 2', program]]);
  }
});

test('a partition at the end of its disk is left alone', (context) => {
  const tree = machine(context, { type: 'ext4', partitionSectors: 41943040 - 18432 - 2048 });
  if (tree === undefined) return;
  const { calls, stdout } = grow(tree);
  assert.deepEqual(calls, ['resize2fs /dev/vda2']);
  assert.equal(stdout, 'growroot: partition vda2 already reaches the end of vda\n');
});

test('a volume inside an encrypted partition grows from the bottom up', (context) => {
  const tree = machine(context, {
    type: 'xfs',
    partitionSectors: 4194304,
    stack: [
      { name: 'secret', identity: 'CRYPT-LUKS2-1-secret' },
      { name: 'vg-root', identity: 'LVM-abc' },
    ],
  });
  if (tree === undefined) return;
  assert.deepEqual(grow(tree).calls, [
    'growpart /dev/vda 2',
    'cryptsetup resize secret',
    'pvresize /dev/dm-0',
    'lvextend --extents +100%FREE /dev/mapper/vg-root',
    'xfs_growfs /',
  ]);
});

test('nothing to change is no fault, a failing growpart is one', (context) => {
  const tree = machine(context, { type: 'ext4', partitionSectors: 4194304 });
  if (tree === undefined) return;
  tree.stub('growpart', 'exit 1');
  assert.deepEqual([grow(tree).status, grow(tree).calls], [0, ['growpart /dev/vda 2', 'resize2fs /dev/vda2']]);
  tree.stub('growpart', 'exit 2');
  const { status, stderr, calls } = grow(tree);
  assert.deepEqual([status, calls], [1, ['growpart /dev/vda 2']]);
  assert.equal(stderr, 'growroot: error: growpart /dev/vda 2 failed with status 2\n');
});

test('a root file system on no block device is left alone', (context) => {
  const tree = machine(context, { type: 'overlay', partitionSectors: 4194304, source: 'overlay' });
  if (tree === undefined) return;
  const { status, calls, stdout } = grow(tree);
  assert.deepEqual([status, calls], [0, []]);
  assert.equal(stdout, 'growroot: the root file system (overlay) lies on no block device; nothing to do\n');
});

test('the unit is enabled for systemd, and unknown init systems are refused', (context) => {
  const tree = openTree(context);
  if (tree === undefined) return;
  tree.stub('systemctl');
  const verdict = (environment: Readonly<Record<string, string>>) => {
    tree.write('/calls', '');
    const { status, stderr } = tree.run(hook, { environment });
    return [status, stderr, readFileSync(join(tree.directory, 'calls'), 'utf8')];
  };
  assert.deepEqual(verdict({ DIB_INIT_SYSTEM: 'systemd' }), [0, '', 'systemctl enable growroot.service\n']);
  assert.deepEqual(verdict({ DIB_INIT_SYSTEM: 'openrc' }), [0, '', '']);
  assert.deepEqual(verdict({ DIB_INIT_SYSTEM: 'sysv' }), [
    1,
    'error: growroot: init system "sysv" is not supported; systemd, upstart and openrc are\n',
    '',
  ]);
});
