import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { describeTree, makeSampleTree } from '../disk/sample-tree.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';
import { canMount, cannotLoop, runInNamespace } from './in-namespace.js';
import { bootAndRoot, efiLarge, layoutOf, spanning, volumes } from './loop-layouts.js';

interface WholeDisk {
  readonly devices: readonly (readonly [string, string])[];
  readonly imageDevice: string;
  readonly mountPoints: readonly string[];
  readonly during: readonly string[];
  readonly mounts: readonly string[];
  readonly imagePaths: readonly (readonly [string, string])[];
  readonly left: { readonly mounts: readonly string[]; readonly loops: readonly string[] };
  readonly shown: readonly string[];
  readonly after: readonly string[];
  readonly warnings: readonly string[];
}

async function prepare(context: TestContext): Promise<{ directory: string; before: readonly string[] }> {
  const directory = await temporaryDirectory(context);
  for (const name of ['tree', 'images', 'work']) await mkdir(join(directory, name));
  await makeSampleTree(join(directory, 'tree'));
  await writeFile(join(directory, 'tree/.autorelabel'), '');
  return { directory, before: await describeTree(join(directory, 'tree')) };
}

/** Without what the sample tree lacks and the scenario writes. */
function without(lines: readonly string[], pattern: RegExp): readonly string[] {
  return lines.filter((line) => !pattern.test(line));
}

test('hooks find the whole tree on mounted file systems with devices', { skip: cannotLoop }, async (context) => {
  const { directory, before } = await prepare(context);
  const result = runInNamespace<WholeDisk>('whole disk', {
    layout: layoutOf(bootAndRoot, 256),
    directory,
    isShownAfterwards: true,
  });
  const loop = result.imageDevice;
  assert.match(loop, /^\/dev\/loop\d+$/);
  assert.deepEqual(result.devices, [
    ['image0', loop],
    ['boot', `${loop}p1`],
    ['swap', `${loop}p5`],
    ['root', `${loop}p6`],
  ]);
  assert.deepEqual(result.mounts, [`${loop}p6 DIR ext4`, `${loop}p1 DIR/boot ext4`]);
  assert.deepEqual(result.mountPoints, [join(directory, 'tree'), join(directory, 'tree/boot')]);
  assert.deepEqual(result.during, before);
  assert.deepEqual(result.left, { mounts: [], loops: [] });
  assert.deepEqual(result.shown, ['boot']);
  const written = /^\/boot\/(written-later|efi\/late.efi) /;
  assert.deepEqual(without(result.after, written), before);
  assert.equal(result.after.filter((line) => written.test(line)).length, 2);
  assert.deepEqual(result.warnings, []);
  execFileSync('sfdisk', ['--verify', join(directory, 'images/image0.raw')], { stdio: 'pipe' });
});

test('a type that nothing makes from a directory is made by mkfs and filled by copying', {
  skip: cannotLoop,
}, async (context) => {
  const { directory, before } = await prepare(context);
  const layout = layoutOf(bootAndRoot, 256);
  const result = runInNamespace<WholeDisk>('whole disk', { layout, directory, withoutTypes: ['ext4'] });
  assert.deepEqual(result.during, before);
  assert.deepEqual(result.left, { mounts: [], loops: [] });
  const [label, uuid] = ['LABEL', 'UUID'].map((tag) =>
    execFileSync(
      'blkid',
      ['-p', '-O', String(1024 * 1024), '-s', tag, '-o', 'value', join(directory, 'images/image0.raw')],
      {
        encoding: 'utf8',
      },
    ).trim(),
  );
  assert.deepEqual([label, uuid], ['boot', layout.fileSystems.find(({ mountPoint }) => mountPoint === '/boot')?.uuid]);
});

test('large sectors and a file system that the kernel may lack', { skip: cannotLoop }, async (context) => {
  const { directory, before } = await prepare(context);
  const result = runInNamespace<WholeDisk>('whole disk', {
    layout: layoutOf(efiLarge, 256),
    directory,
    isShownAfterwards: true,
  });
  assert.deepEqual(result.shown, ['boot/efi']);
  const written = /^\/boot\/(written-later|efi\/late.efi) /;
  // A FAT has no owners and modes of its own: its root is left out.
  const plain = (lines: readonly string[]) => without(without(lines, written), /^\/boot\/efi /);
  assert.deepEqual(plain(result.after), plain(before));
  assert.equal(result.after.filter((line) => written.test(line)).length, 2);
  assert.deepEqual(result.left, { mounts: [], loops: [] });
  const hasVfat = canMount('vfat', readFileSync('/proc/filesystems', 'utf8'));
  assert.deepEqual(
    result.warnings,
    hasVfat
      ? []
      : [
          'this kernel cannot mount vfat: /boot/efi is a plain directory while hooks run, and the file system "mkfs_ESP" is filled from it at the end',
        ],
  );
  const listing = execFileSync('mdir', ['-b', '-i', `${join(directory, 'images/image0.raw')}@@${1024 * 1024}`, '::'], {
    encoding: 'utf8',
  });
  assert.equal(listing, '::/late.efi\n');
});

test('a volume in one piece needs no device-mapper', { skip: cannotLoop }, async (context) => {
  const { directory, before } = await prepare(context);
  const result = runInNamespace<WholeDisk>('whole disk', { layout: layoutOf(volumes, 256), directory });
  assert.deepEqual(result.during, before);
  assert.deepEqual(
    result.devices.map(([name]) => name),
    ['image0', 'all', 'lv_root', 'lv_var'],
  );
  assert.deepEqual(result.left, { mounts: [], loops: [] });
});

test('a volume in two pieces is refused before anything is made', { skip: cannotLoop }, async (context) => {
  const { directory } = await prepare(context);
  assert.throws(
    () => runInNamespace('whole disk', { layout: layoutOf(spanning, 128), directory }),
    /file system "mkfs_root" \(\/\) on "lv_root" lies in 2 pieces; mounting it in loop mode would need device-mapper/,
  );
  assert.equal(existsSync(join(directory, 'images/image0.raw')), false);
});

test('kill -9 leaves no mount and no loop device', { skip: cannotLoop }, async (context) => {
  const { directory } = await prepare(context);
  const { stdout } = spawnSync(
    'unshare',
    [
      ...['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'],
      ...[
        process.execPath,
        '--import',
        'tsx',
        join(packageDirectory, 'test/loop/loop-worker.ts'),
        'killed while mounted',
      ],
    ],
    { input: JSON.stringify({ layout: layoutOf(volumes, 256), directory }), encoding: 'utf8' },
  );
  const attached: readonly string[] = JSON.parse(stdout);
  assert.equal(attached.length, 3);
  for (const device of attached) {
    const name = device.slice('/dev/'.length);
    for (let tries = 0; existsSync(`/sys/block/${name}/loop`) && tries < 100; tries += 1) spawnSync('sleep', ['0.05']);
    assert.equal(existsSync(`/sys/block/${name}/loop`), false, `${device} is still attached`);
    assert.equal(existsSync(`/dev/${name}p1`), false);
  }
});
