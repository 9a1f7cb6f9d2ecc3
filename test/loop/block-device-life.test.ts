import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { cannotLoop } from './in-namespace.js';
import { bootAndRoot } from './loop-layouts.js';

const notBuilt = existsSync(join(packageDirectory, 'dist/cli/main.js'))
  ? false
  : 'not built: dist/cli/main.js is missing';

interface Life {
  readonly directory: string;
  run(
    command: string,
    environment?: Readonly<Record<string, string>>,
  ): { status: number | null; out: string; error: string };
}

function open(context: TestContext, config: string, more = ''): Life {
  const directory = mkdtempSync(join(tmpdir(), 'dib-life-'));
  const run: Life['run'] = (command, environment = {}) => {
    const { status, stdout, stderr } = spawnSync(join(packageDirectory, 'bin/dib-block-device'), command.split(' '), {
      encoding: 'utf8',
      timeout: 60_000,
      env: { PATH: process.env.PATH, DIB_BLOCK_DEVICE_PARAMS_YAML: join(directory, 'params.yaml'), ...environment },
    });
    return { status, out: stdout, error: stderr };
  };
  context.after(() => {
    run('umount');
    rmSync(directory, { recursive: true });
  });
  for (const name of ['images', 'build/built/etc']) mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, 'config.yaml'), config);
  writeFileSync(
    join(directory, 'params.yaml'),
    `config: ${directory}/config.yaml\nimage-dir: ${directory}/images\nroot-fs-type: ext4\nroot-label:\nmount-base: ${directory}/mnt\nbuild-dir: ${directory}/build\nimage-size: 262144KiB\n${more}`,
  );
  return { directory, run };
}

function mountsAndLoops(directory: string): readonly string[] {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`${directory}/`));
  const loops = execFileSync('losetup', ['--list', '--noheadings'], { encoding: 'utf8' });
  return [...mounts, ...loops.split('\n').filter((line) => line.includes(`${directory}/`))];
}

test('init checks, and the layout answers before anything is made', { skip: notBuilt }, (context) => {
  const life = open(context, bootAndRoot);
  assert.deepEqual(life.run('init'), { status: 0, out: '', error: '' });
  const answers = ['root-label', 'root-fstype', 'boot-label', 'mount-points'].map((symbol) =>
    life.run(`getval ${symbol}`),
  );
  assert.deepEqual(
    answers.map(({ status, out }) => [status, out]),
    [
      [0, 'cloudimg-rootfs\n'],
      [0, 'ext4\n'],
      [0, 'boot\n'],
      [0, '/|/boot|none\n'],
    ],
  );
  const config = JSON.parse(readFileSync(join(life.directory, 'build/states/block-device/config.json'), 'utf8'));
  assert.deepEqual(config.map((entry: object) => Object.keys(entry)[0]).slice(0, 2), ['local_loop', 'fstab']);
});

test('what is asked too early or wrongly fails with its own status', { skip: notBuilt }, (context) => {
  const life = open(context, bootAndRoot);
  const outcome = (command: string, environment?: Readonly<Record<string, string>>) => {
    const { status, out, error } = life.run(command, environment);
    return [status, out, error.split(':')[0]];
  };
  assert.deepEqual(outcome('getval root-label'), [1, '', 'error FILE_UNREADABLE']);
  life.run('init');
  assert.deepEqual(outcome('getval image-path'), [1, '', 'error FILE_UNREADABLE']);
  assert.deepEqual(outcome('cleanup'), [1, '', 'error FILE_UNREADABLE']);
  assert.deepEqual(outcome('delete'), [1, '', 'error FILE_UNREADABLE']);
  assert.deepEqual(outcome('writefstab'), [1, '', 'error FILE_UNREADABLE']);
  assert.deepEqual(outcome('getval nonsense'), [2, '', 'error USAGE']);
  assert.deepEqual(outcome('getval'), [2, '', 'error USAGE']);
  assert.deepEqual(outcome('frobnicate'), [2, '', 'error USAGE']);
  assert.deepEqual(outcome('init', { DIB_BLOCK_DEVICE_PARAMS_YAML: '' }), [2, '', 'error USAGE']);
  assert.deepEqual(outcome('umount'), [0, '', 'nothing was created, nothing to unmount\n']);
});

test('inside a build the environment answers', { skip: notBuilt }, (context) => {
  const life = open(context, bootAndRoot);
  const environment = { DIB_BLOCK_DEVICE_PARAMS_YAML: '/no/such/params.yaml', IMAGE_BLOCK_DEVICE: '/dev/loop5' };
  assert.deepEqual(life.run('getval image-block-device', environment), { status: 0, out: '/dev/loop5\n', error: '' });
  assert.equal(life.run('getval image-path', environment).status, 1);
});

test('a disk is made, mounted, unmounted twice and cleaned up', { skip: notBuilt || cannotLoop }, (context) => {
  const life = open(context, bootAndRoot);
  const { directory } = life;
  for (const command of ['init', 'create', 'writefstab'])
    assert.deepEqual(life.run(command), { status: 0, out: '', error: '' });
  const device = life.run('getval image-block-device').out.trim();
  assert.match(device, /^\/dev\/loop\d+$/);
  assert.equal(life.run('getval image-path').out, `${directory}/images/image0.raw\n`);
  assert.equal(
    life.run('getval image-block-devices').out,
    ` [image0]=${device}  [boot]=${device}p1  [swap]=${device}p5  [root]=${device}p6 \n`,
  );
  const state = JSON.parse(readFileSync(join(directory, 'build/states/block-device/state.json'), 'utf8'));
  assert.deepEqual(state.blockdev.image0, { device, image: `${directory}/images/image0.raw` });
  assert.deepEqual(state.mount_order, ['/', '/boot', 'none']);
  assert.deepEqual(state.mount['/'], { name: 'mount_mkfs_root', base: 'mkfs_root', path: `${directory}/mnt/` });
  assert.deepEqual(
    [state.filesys.mkfs_boot.fstype, state.filesys.mkfs_boot.label, state.filesys.mkfs_boot.device],
    ['ext4', 'boot', `${device}p1`],
  );
  assert.deepEqual(state.fstab.mount_mkfs_root, {
    name: 'fstab_mount_mkfs_root',
    base: 'mount_mkfs_root',
    options: 'defaults',
    'dump-freq': 0,
    'fsck-passno': 1,
  });
  const fstab =
    'LABEL=cloudimg-rootfs / ext4 defaults 0 1\nLABEL=boot /boot ext4 defaults 0 2\nLABEL=mkfs_swap none swap sw 0 0\n';
  assert.equal(readFileSync(join(directory, 'build/built/etc/fstab'), 'utf8'), fstab);
  writeFileSync(join(directory, 'mnt/boot/kernel'), 'k');
  assert.equal(mountsAndLoops(directory).length, 3);
  assert.deepEqual(life.run('umount'), { status: 0, out: '', error: '' });
  assert.deepEqual(mountsAndLoops(directory), []);
  assert.equal(life.run('umount').status, 0);
  const { uuid } = state.filesys.mkfs_boot;
  const found = execFileSync(
    'blkid',
    ['-p', '-O', '1048576', '-s', 'UUID', '-o', 'value', join(directory, 'images/image0.raw')],
    {
      encoding: 'utf8',
    },
  );
  assert.equal(found, `${uuid}\n`);
  assert.deepEqual(life.run('cleanup'), { status: 0, out: '', error: '' });
  assert.equal(existsSync(join(directory, 'build/states/block-device')), false);
  assert.equal(existsSync(join(directory, 'images/image0.raw')), true);
});

test('delete undoes everything, and an fstab that is a link leads nowhere', {
  skip: notBuilt || cannotLoop,
}, (context) => {
  const life = open(context, bootAndRoot);
  const { directory } = life;
  writeFileSync(join(directory, 'precious'), 'host\n');
  symlinkSync(join(directory, 'precious'), join(directory, 'build/built/etc/fstab'));
  for (const command of ['init', 'create', 'writefstab', 'delete']) assert.equal(life.run(command).status, 0);
  assert.equal(readFileSync(join(directory, 'precious'), 'utf8'), 'host\n');
  assert.deepEqual(mountsAndLoops(directory), []);
  assert.equal(existsSync(join(directory, 'images/image0.raw')), false);
});

test('a failing step takes everything back and is itself the error', { skip: notBuilt || cannotLoop }, (context) => {
  const life = open(
    context,
    bootAndRoot.replace(
      'mkfs: { mount: { mount_point: /,',
      'mkfs: { opts: "--no-such-option", mount: { mount_point: /,',
    ),
  );
  life.run('init');
  const { status, error } = life.run('create');
  assert.equal(status, 1);
  assert.match(error, /^error COMMAND_FAILED: mkfs exited with 1\n/);
  assert.deepEqual(mountsAndLoops(life.directory), []);
  assert.equal(existsSync(join(life.directory, 'images/image0.raw')), false);
  assert.equal(existsSync(join(life.directory, 'build/states/block-device/state.json')), true);
  assert.equal(life.run('umount').status, 0);
});

test('a plugin is part of the life, and its failure takes back what it registered', {
  skip: notBuilt || cannotLoop,
}, (context) => {
  const config = `${bootAndRoot}- noted:\n    name: note\n    text: hello\n`;
  const life = open(context, config, 'plugins: PLUGIN\n');
  const { directory } = life;
  const plugin = join(directory, 'plugin.mjs');
  writeFileSync(
    plugin,
    `import { appendFileSync } from 'node:fs';
const note = (text) => appendFileSync('${directory}/notes', text + '\\n');
export const plugins = [{ name: 'noted', open: (entry, parameters) => [{
  name: entry.name,
  async create({ state, onUndo }) {
    onUndo('first', () => note('undo first'));
    onUndo('second', () => note('undo second'));
    state.noted = entry.text;
    note('create ' + Object.keys(state.blockdev)[0]);
    if (process.env.FAIL) throw new Error('the plugin failed');
  },
  async umount(state) { note('umount ' + state.noted); },
  async cleanup() { note('cleanup'); },
}] }];
`,
  );
  const parameters = join(directory, 'params.yaml');
  writeFileSync(parameters, readFileSync(parameters, 'utf8').replace('PLUGIN', plugin));
  for (const command of ['init', 'create', 'umount', 'cleanup'])
    assert.deepEqual(life.run(command), { status: 0, out: '', error: '' });
  assert.equal(readFileSync(join(directory, 'notes'), 'utf8'), 'create image0\numount hello\ncleanup\n');
  rmSync(join(directory, 'notes'));
  rmSync(join(directory, 'images/image0.raw'));
  life.run('init');
  const { status, error } = life.run('create', { FAIL: '1' });
  assert.equal(status === 0, false);
  assert.match(error, /the plugin failed/);
  assert.equal(readFileSync(join(directory, 'notes'), 'utf8'), 'create image0\nundo second\nundo first\n');
  assert.deepEqual(mountsAndLoops(directory), []);
});
