import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { withScope } from '../../src/base/scope.js';
import { openTreeView, type TreeViewRequest } from '../../src/disk/tree-view.js';
import { missingPrograms, openDiskPorts } from './disk-ports.js';
import { temporaryDirectory } from './temporary-directory.js';

async function prepare(context: TestContext) {
  const directory = await temporaryDirectory(context);
  const [treeDirectory, viewDirectory] = [join(directory, 'tree'), join(directory, 'view')];
  for (const path of [treeDirectory, viewDirectory, join(treeDirectory, 'var'), join(treeDirectory, 'var/log')])
    await mkdir(path);
  await writeFile(join(treeDirectory, 'var/log/syslog'), '');
  await writeFile(join(treeDirectory, 'var/file'), '');
  return { treeDirectory, viewDirectory };
}

test('a part without mounts below is read where it is', async (context) => {
  const { treeDirectory, viewDirectory } = await prepare(context);
  const request = { treeDirectory, viewDirectory, mountPoint: '/var/log', childMountPoints: [] };
  const seen = await withScope((scope) => openTreeView(request, openDiskPorts(), scope));
  assert.equal(seen, join(treeDirectory, 'var/log'));
});

test('mount points that the tree lacks are made with mode 0755', async (context) => {
  const { treeDirectory, viewDirectory } = await prepare(context);
  const request = { treeDirectory, viewDirectory, mountPoint: '/srv/data', childMountPoints: [] };
  const seen = await withScope((scope) => openTreeView(request, openDiskPorts(), scope));
  assert.equal(((await stat(seen)).mode & 0o7777).toString(8), '755');
});

test('a mount point behind a symbolic link is refused: it could lead out of the tree', async (context) => {
  const { treeDirectory, viewDirectory } = await prepare(context);
  await symlink('/etc', join(treeDirectory, 'srv'));
  const request = { treeDirectory, viewDirectory, mountPoint: '/srv/data', childMountPoints: [] };
  await withScope((scope) =>
    assert.rejects(openTreeView(request, openDiskPorts(), scope), {
      code: 'LAYOUT_INVALID',
      message: 'mount point /srv/data: /srv in the tree is a symbolic link',
    }),
  );
});

/** Runs in a mount namespace of its own; gives what the view shows and what is mounted after it was closed. */
function viewInNamespace(request: TreeViewRequest, setUp: string, isUser: boolean) {
  const worker = join(packageDirectory, 'test/disk/tree-view-worker.ts');
  const words = [
    ...(isUser ? ['--user', '--map-root-user'] : []),
    '--mount',
    '--propagation',
    isUser ? 'slave' : 'private',
  ];
  const script = [...words, 'sh', '-euc', `${setUp}; exec "$@"`, 'sh', process.execPath, '--import', 'tsx', worker];
  const result = spawnSync('unshare', script, { input: JSON.stringify(request), encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout);
}

for (const isUser of [false, true]) {
  const words = [...(isUser ? ['--user', '--map-root-user'] : []), '--mount', 'true'];
  const skip = missingPrograms('unshare') || (spawnSync('unshare', words).status === 0 ? false : 'unshare is refused');
  const where = isUser ? 'a user namespace' : 'a mount namespace';
  test(`in ${where} children are empty and what is mounted in the tree is not seen`, { skip }, async (context) => {
    const { treeDirectory, viewDirectory } = await prepare(context);
    await mkdir(join(treeDirectory, 'proc'));
    const childMountPoints = ['/var/log', '/var', '/srv'];
    const request = { treeDirectory, viewDirectory, mountPoint: '/', childMountPoints };
    const setUp = `mount -t tmpfs none ${treeDirectory}/proc; touch ${treeDirectory}/proc/hidden`;
    assert.deepEqual(viewInNamespace(request, setUp, isUser), {
      directory: viewDirectory,
      entries: ['proc', 'srv', 'var'],
      modes: ['40755', '40755', '40755'],
      mountsAfterwards: [`${treeDirectory}/proc`],
    });
    assert.deepEqual(await readdir(join(treeDirectory, 'var/log')), ['syslog']);
  });
}
