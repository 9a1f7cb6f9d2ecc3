import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { formatLocalTime, keepOldImage, writeFileWhole } from '../../src/formats/keep-old-image.js';
import { openTestPorts, testTimeMs } from './open-test-ports.js';

let work = '';
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'keep-test-'));
});
afterEach(() => rm(work, { recursive: true, force: true }));

const keep = (extension = 'qcow2'): Promise<string | undefined> =>
  keepOldImage(
    { imagePath: join(work, 'image'), extension, imageName: 'out/image', nowMs: testTimeMs },
    openTestPorts(),
  );

test('the kept image has the local time in its name and stays at its path as well', async () => {
  await writeFile(join(work, 'image.qcow2'), 'old');
  assert.equal(await keep(), join(work, 'image-2026.03.01-12.34.56.qcow2'));
  assert.deepEqual((await readdir(work)).sort(), ['image-2026.03.01-12.34.56.qcow2', 'image.qcow2']);
  assert.equal(await readFile(join(work, 'image-2026.03.01-12.34.56.qcow2'), 'utf8'), 'old');
});

test('checksum files move along and name the kept image', async () => {
  await writeFile(join(work, 'image.qcow2'), 'old');
  await writeFile(join(work, 'image.qcow2.md5'), '00ff  out/image.qcow2\n');
  await writeFile(join(work, 'image.qcow2.sha256'), 'aa11  out/image.qcow2\n');
  const kept = (await keep()) ?? '';
  assert.equal(await readFile(`${kept}.md5`, 'utf8'), '00ff  out/image-2026.03.01-12.34.56.qcow2\n');
  assert.equal(await readFile(`${kept}.sha256`, 'utf8'), 'aa11  out/image-2026.03.01-12.34.56.qcow2\n');
  assert.deepEqual(
    (await readdir(work)).filter((name) => name.startsWith('image.')),
    ['image.qcow2'],
  );
});

test('an extension of two parts stays whole', async () => {
  await writeFile(join(work, 'image.tar.zst'), 'old');
  assert.equal(await keep('tar.zst'), join(work, 'image-2026.03.01-12.34.56.tar.zst'));
});

test('images kept in one second do not replace each other', async () => {
  await writeFile(join(work, 'image.qcow2'), 'first');
  await keep();
  await writeFileWhole(join(work, 'image.qcow2'), 'second', openTestPorts());
  assert.equal(await keep(), join(work, 'image-2026.03.01-12.34.56-2.qcow2'));
  assert.equal(await readFile(join(work, 'image-2026.03.01-12.34.56.qcow2'), 'utf8'), 'first');
  assert.equal(await readFile(join(work, 'image-2026.03.01-12.34.56-2.qcow2'), 'utf8'), 'second');
});

test('without an image nothing happens', async () => {
  assert.equal(await keep(), undefined);
  assert.deepEqual(await readdir(work), []);
});

test('local time has two digits everywhere', () => {
  assert.equal(formatLocalTime(new Date(2026, 0, 2, 3, 4, 5).getTime()), '2026.01.02-03.04.05');
});
