import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { link, lstat, mkdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { measureTree } from '../../src/disk/measure-tree.js';
import { missingPrograms, openDiskPorts } from './disk-ports.js';
import { temporaryDirectory } from './temporary-directory.js';

const options = { skip: missingPrograms('find', 'du') };

function diskUsage(...words: readonly string[]): number {
  return Number(execFileSync('du', ['-x', '-s', '--block-size=1', ...words], { encoding: 'utf8' }).split('\t')[0]);
}

test('the total is that of du, hard links once', options, async (context) => {
  const treeDirectory = await temporaryDirectory(context);
  await mkdir(`${treeDirectory}/var`);
  await mkdir(`${treeDirectory}/var/log`);
  await writeFile(`${treeDirectory}/one`, Buffer.alloc(100_000));
  await writeFile(`${treeDirectory}/var/tab\tand\nline`, Buffer.alloc(50_000));
  await writeFile(`${treeDirectory}/var/log/syslog`, Buffer.alloc(9));
  await link(`${treeDirectory}/one`, `${treeDirectory}/two`);
  const measure = await measureTree({ treeDirectory, mountPoints: [], usageReport: 'none' }, openDiskPorts());
  assert.equal(measure.totalBytes, diskUsage(treeDirectory));
  assert.deepEqual(Object.keys(measure.byMountPoint), ['/']);
  const root = measure.byMountPoint['/'];
  assert.deepEqual([root?.contentBytes, root?.apparentBytes, root?.inodeCount], [measure.totalBytes, 150_009, 6]);
  const directories = await Promise.all(['', '/var', '/var/log'].map((path) => lstat(treeDirectory + path)));
  assert.equal(root?.directoryBytes, 512 * directories.reduce((sum, { blocks }) => sum + blocks, 0));
  assert.deepEqual(measure.reportLines, []);
});

test('each mount point has what lies below it and not below another one', options, async (context) => {
  const treeDirectory = await temporaryDirectory(context);
  for (const name of ['var', 'var/log', 'variant']) await mkdir(`${treeDirectory}/${name}`);
  await writeFile(`${treeDirectory}/variant/a`, Buffer.alloc(10));
  await writeFile(`${treeDirectory}/var/b`, Buffer.alloc(200));
  await writeFile(`${treeDirectory}/var/log/c`, Buffer.alloc(3000));
  await link(`${treeDirectory}/var/b`, `${treeDirectory}/var/log/also-b`);
  const mountPoints = ['/var/log', '/var', '/'];
  const { byMountPoint } = await measureTree({ treeDirectory, mountPoints, usageReport: 'none' }, openDiskPorts());
  const counts = Object.entries(byMountPoint).map(([path, part]) => [path, part.apparentBytes, part.inodeCount]);
  assert.deepEqual(counts, [
    ['/var/log', 3200, 3],
    ['/var', 200, 2],
    ['/', 10, 3],
  ]);
});

test('the usage report names what takes 10 MiB and more, largest first', options, async (context) => {
  const treeDirectory = await temporaryDirectory(context);
  await mkdir(`${treeDirectory}/usr`);
  await writeFile(`${treeDirectory}/usr/large`, Buffer.alloc(12 * 1024 * 1024));
  await writeFile(`${treeDirectory}/small`, Buffer.alloc(1024 * 1024));
  const measure = async (usageReport: 'large' | 'full') =>
    (await measureTree({ treeDirectory, mountPoints: [], usageReport }, openDiskPorts())).reportLines;
  assert.deepEqual(await measure('large'), [
    '=== image usage ===',
    '   14MB /',
    '   13MB /usr',
    '   12MB /usr/large',
    '=== end of image usage ===',
  ]);
  assert.deepEqual((await measure('full')).slice(4, 5), ['  1.0MB /small']);
});
