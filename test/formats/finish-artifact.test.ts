import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { openNamedDraft } from '../../src/formats/draft.js';
import { digestDraft, type FinishOptions, finishArtifact } from '../../src/formats/finish-artifact.js';
import type { Artifact } from '../../src/model/artifact.js';
import { openTestPorts } from './open-test-ports.js';

let work = '';
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'finish-test-'));
});
afterEach(() => rm(work, { recursive: true, force: true }));

async function finish(content: string, change: Partial<FinishOptions> = {}): Promise<Artifact> {
  const options = { imagePath: join(work, 'i'), imageName: './i', checksums: [], overwritesOldImage: false, ...change };
  const ports = openTestPorts();
  const draft = await openNamedDraft(join(work, 'i.squash'));
  await writeFile(draft.path, content);
  const finished = await digestDraft({ format: 'squashfs', extension: 'squash', draft }, options, ports);
  return finishArtifact(finished, options, ports);
}

test('the artifact is at its path, with checksum files that name the path as given', async () => {
  const artifact = await finish('abc', { checksums: ['md5', 'sha256'] });
  assert.deepEqual(artifact, {
    format: 'squashfs',
    path: join(work, 'i.squash'),
    sizeBytes: 3,
    digests: {
      md5: '900150983cd24fb0d6963f7d28e17f72',
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    },
  });
  assert.deepEqual((await readdir(work)).sort(), ['i.squash', 'i.squash.md5', 'i.squash.sha256']);
  assert.equal(await readFile(join(work, 'i.squash.md5'), 'utf8'), '900150983cd24fb0d6963f7d28e17f72  ./i.squash\n');
});

test('an old artifact is kept with its checksums', async () => {
  await finish('abc', { checksums: ['md5'] });
  await finish('new');
  assert.deepEqual((await readdir(work)).sort(), [
    'i-2026.03.01-12.34.56.squash',
    'i-2026.03.01-12.34.56.squash.md5',
    'i.squash',
  ]);
  assert.equal(await readFile(join(work, 'i.squash'), 'utf8'), 'new');
  assert.equal(
    await readFile(join(work, 'i-2026.03.01-12.34.56.squash.md5'), 'utf8'),
    '900150983cd24fb0d6963f7d28e17f72  ./i-2026.03.01-12.34.56.squash\n',
  );
});

test('an old artifact is replaced when asked, and its checksum files do not stay', async () => {
  await finish('old', { checksums: ['md5', 'sha256'] });
  await finish('new', { overwritesOldImage: true, checksums: ['sha256'] });
  assert.deepEqual((await readdir(work)).sort(), ['i.squash', 'i.squash.sha256']);
  assert.equal(await readFile(join(work, 'i.squash'), 'utf8'), 'new');
});
