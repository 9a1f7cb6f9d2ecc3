import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { digestOf } from '../../src/base/digest.js';
import { withScope } from '../../src/base/scope.js';
import { makeArchives } from '../../src/formats/make-archives.js';
import { makingIn } from './making.js';
import { openTestPorts } from './open-test-ports.js';

let work = '';
before(async () => {
  work = await mkdtemp(join(tmpdir(), 'archives-test-'));
  await mkdir(join(work, 'tree'));
  await writeFile(join(work, 'tree', 'file'), 'content');
});
after(() => rm(work, { recursive: true, force: true }));

/** Makes archives and gives what each holds. */
async function contents(
  formats: readonly string[],
): Promise<{ readonly byFormat: ReadonlyMap<string, Buffer>; readonly layer: Buffer | undefined }> {
  return withScope(async (scope) => {
    const ports = openTestPorts();
    const making = { ...makingIn(work, scope), treeDirectory: join(work, 'tree'), mountPoints: [], formats };
    const { made, layerPath } = await makeArchives(making, ports);
    const entries = await Promise.all(
      made.map(async ({ format, draft }) => [format, await readFile(draft.path)] as const),
    );
    return { byFormat: new Map(entries), layer: layerPath === undefined ? undefined : await readFile(layerPath) };
  });
}

test('all archives hold the one stream', async () => {
  const { byFormat, layer } = await contents(['oci', 'tgz', 'tar', 'docker']);
  assert.deepEqual([...byFormat.keys()], ['tar', 'tgz', 'oci']);
  const tar = byFormat.get('tar') ?? Buffer.alloc(0);
  assert.ok(gunzipSync(byFormat.get('tgz') ?? '').equals(tar));
  assert.ok(layer?.equals(byFormat.get('tgz') ?? Buffer.alloc(0)));
  // The archive's members are not compressed, so the layer's identity can be searched for.
  assert.ok(byFormat.get('oci')?.includes(`"diff_ids":["sha256:${digestOf(tar)}"]`));
});

test('a tar alone is the same as among others', async () => {
  const [alone, among] = [await contents(['tar']), await contents(['tar', 'tgz'])];
  const tar = alone.byFormat.get('tar');
  assert.ok(tar !== undefined && among.byFormat.get('tar')?.equals(tar));
  assert.equal(alone.layer, undefined);
});

test('an image alone keeps its layer to itself', async () => {
  const { byFormat, layer } = await contents(['docker']);
  assert.deepEqual([...byFormat.keys()], ['docker']);
  assert.ok(layer !== undefined && gunzipSync(layer).includes('content'));
});
