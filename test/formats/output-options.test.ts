import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { withScope } from '../../src/base/scope.js';
import { openNamedDraft } from '../../src/formats/draft.js';
import { artifactPath, epochOf, madeDraft, openScopedDraft, scoped } from '../../src/formats/output-options.js';
import { openTestPorts } from './open-test-ports.js';

test('an artifact’s path has the extension of its format', () => {
  const options = { imagePath: '/out/my.image' };
  assert.equal(artifactPath(options, 'squashfs'), '/out/my.image.squash');
  assert.equal(artifactPath(options, 'docker'), '/out/my.image.oci.tar');
  assert.equal(artifactPath(options, 'qcow2'), '/out/my.image.qcow2');
});

test('drafts are discarded with their scope', async () => {
  const work = await mkdtemp(join(tmpdir(), 'options-test-'));
  try {
    await withScope(async (scope) => {
      const options = {
        formats: ['tar'],
        imagePath: join(work, 'image'),
        imageName: 'image',
        compress: true,
        checksums: [],
        gzipProgram: 'gzip',
        overwritesOldImage: false,
        architecture: 'amd64',
        cpuCount: 1,
      };
      const making = { options, ports: openTestPorts(), scope, scratchDirectory: work };
      const draft = scoped(making, await openNamedDraft(join(work, 'image.tar')));
      await writeFile(draft.path, '');
      assert.equal((await readdir(work)).length, 1);
      assert.deepEqual(madeDraft('tar.zst', draft), { format: 'tar.zst', extension: 'tar.zst', draft });
      await writeFile((await openScopedDraft(making, 'tar')).path, 'x');
    });
    assert.deepEqual(await readdir(work), []);
  } finally {
    await rm(work, { recursive: true });
  }
});

test('the date is there or not at all', () => {
  assert.deepEqual(epochOf({}), {});
  assert.deepEqual(epochOf({ sourceDateEpochSeconds: 0 }), { sourceDateEpochSeconds: 0 });
});
