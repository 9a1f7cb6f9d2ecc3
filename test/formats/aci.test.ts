import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeAci } from '../../src/formats/aci.js';
import { openTestPorts } from './open-test-ports.js';

test('members are below rootfs, the texts of links stay, the manifest belongs to root', async () => {
  const work = await mkdtemp(join(tmpdir(), 'aci-test-'));
  try {
    const treeDirectory = join(work, 'tree');
    await mkdir(treeDirectory);
    await writeFile(join(treeDirectory, '.hidden'), '');
    await symlink('./.hidden', join(treeDirectory, 'link'));
    await writeFile(join(work, 'my manifest'), '{}', { mode: 0o600 });
    const archivePath = join(work, 'image.aci');
    await writeAci(
      {
        treeDirectory,
        mountPoints: [],
        archivePath,
        manifestPath: join(work, 'my manifest'),
        sourceDateEpochSeconds: 1_000_000_000,
      },
      openTestPorts(),
    );
    const { stdout } = await openTestPorts().programs.require({
      program: 'tar',
      arguments: ['--utc', '--numeric-owner', '-tvf', archivePath],
    });
    const lines = stdout.trim().split('\n');
    const names = lines.map((line) => line.replace(/^.*\d\d:\d\d /, ''));
    assert.deepEqual(names, ['rootfs/', 'rootfs/.hidden', 'rootfs/link -> ./.hidden', 'manifest']);
    assert.match(lines.at(-1) ?? '', /^-rw-r--r-- 0\/0 +2 2001-09-09 01:46 manifest$/);
  } finally {
    await rm(work, { recursive: true });
  }
});
