import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { draftRaw } from '../../src/formats/raw.js';
import { openTestPorts, skipReason } from './open-test-ports.js';

let work = '';
let rawDiskPath = '';
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'raw-test-'));
  rawDiskPath = join(work, 'disk');
  await writeFile(rawDiskPath, 'begin');
  await truncate(rawDiskPath, 10_000_000);
});
afterEach(() => rm(work, { recursive: true, force: true }));

test('a copy takes the place of the disk', async () => {
  await mkdir(join(work, 'out'));
  const content = await readFile(rawDiskPath);
  const finalPath = join(work, 'out', 'image.raw');
  const draft = await draftRaw({ rawDiskPath, finalPath }, openTestPorts());
  assert.deepEqual(await readdir(join(work, 'out')), []);
  await draft.publish(finalPath);
  assert.ok((await readFile(finalPath)).equals(content));
  assert.deepEqual((await readdir(work)).sort(), ['out']);
});

test('a draft that is discarded leaves the disk', async () => {
  const draft = await draftRaw({ rawDiskPath, finalPath: join(work, 'image.raw') }, openTestPorts());
  await draft.discard();
  assert.deepEqual(await readdir(work), ['disk']);
});

test('to another file system goes a sparse copy', { skip: skipReason({ needsRoot: true }) }, async () => {
  const { programs } = openTestPorts();
  const other = join(work, 'other');
  await mkdir(other);
  await programs.require({ program: 'mount', arguments: ['-t', 'tmpfs', 'tmpfs', other] });
  try {
    const content = await readFile(rawDiskPath);
    const finalPath = join(other, 'image.raw');
    const draft = await draftRaw({ rawDiskPath, finalPath }, openTestPorts());
    await draft.publish(finalPath);
    assert.ok((await readFile(finalPath)).equals(content));
    assert.ok((await stat(finalPath)).blocks * 512 < 100_000);
    assert.deepEqual(await readdir(other), ['image.raw']);
    assert.deepEqual(await readdir(work), ['other']);
  } finally {
    await programs.require({ program: 'umount', arguments: [other] });
  }
});

test('between two mounts of one file system goes a copy', { skip: skipReason({ needsRoot: true }) }, async () => {
  const { programs } = openTestPorts();
  const other = join(work, 'other');
  await mkdir(other);
  await programs.require({ program: 'mount', arguments: ['--bind', other, other] });
  try {
    const content = await readFile(rawDiskPath);
    const finalPath = join(other, 'image.raw');
    const draft = await draftRaw({ rawDiskPath, finalPath }, openTestPorts());
    await draft.publish(finalPath);
    assert.ok((await readFile(finalPath)).equals(content));
  } finally {
    await programs.require({ program: 'umount', arguments: [other] });
  }
});
