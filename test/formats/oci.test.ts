import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { digestOf } from '../../src/base/digest.js';
import { imageReference, writeOci } from '../../src/formats/oci.js';
import { openTestPorts } from './open-test-ports.js';

test('the archive holds what the specifications name, each blob under its digest', async () => {
  const work = await mkdtemp(join(tmpdir(), 'oci-test-'));
  try {
    const content = Buffer.alloc(10_240);
    const layer = gzipSync(content);
    await writeFile(join(work, 'layer'), layer);
    const archivePath = join(work, 'image.tar');
    await writeOci(
      {
        archivePath,
        layerPath: join(work, 'layer'),
        layerContentDigest: digestOf(content),
        architecture: 'armhf',
        createdSeconds: 1_600_000_000,
        imageName: 'out/My Image',
      },
      openTestPorts(),
    );
    await openTestPorts().programs.require({ program: 'tar', arguments: ['-xf', archivePath, '-C', work] });
    const read = async (path: string): Promise<Buffer> => readFile(join(work, path));
    const index = JSON.parse((await read('index.json')).toString());
    const [described] = index.manifests;
    assert.deepEqual(described.platform, { architecture: 'arm', variant: 'v7', os: 'linux' });
    assert.equal(described.annotations['org.opencontainers.image.ref.name'], 'my-image:latest');
    const blob = (digest: string): Promise<Buffer> => read(`blobs/${digest.replace(':', '/')}`);
    const manifest = JSON.parse((await blob(described.digest)).toString());
    assert.equal(described.size, (await blob(described.digest)).length);
    assert.ok((await blob(manifest.layers[0].digest)).equals(layer));
    assert.equal(manifest.layers[0].size, layer.length);
    const config = JSON.parse((await blob(manifest.config.digest)).toString());
    assert.deepEqual(config, {
      created: '2020-09-13T12:26:40Z',
      architecture: 'arm',
      variant: 'v7',
      os: 'linux',
      config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${digestOf(content)}`] },
      history: [{ created: '2020-09-13T12:26:40Z', created_by: 'diskimage-builder' }],
    });
    const blobNames = await readdir(join(work, 'blobs', 'sha256'));
    assert.equal(blobNames.length, 3);
    for (const name of blobNames) assert.equal(digestOf(await read(`blobs/sha256/${name}`)), name);
    assert.deepEqual(JSON.parse((await read('manifest.json')).toString()), [
      {
        Config: manifest.config.digest.replace('sha256:', 'blobs/sha256/'),
        RepoTags: ['my-image:latest'],
        Layers: [manifest.layers[0].digest.replace('sha256:', 'blobs/sha256/')],
      },
    ]);
    assert.equal((await read('oci-layout')).toString(), '{"imageLayoutVersion":"1.0.0"}');
  } finally {
    await rm(work, { recursive: true });
  }
});

test('the name of an image', () => {
  const cases = [
    [{ dockerTarget: 'team/app:1.2', imageName: 'x' }, 'team/app:1.2'],
    [{ dockerTarget: 'localhost:5000/app', imageName: 'x' }, 'localhost:5000/app:latest'],
    [{ imageName: '/srv/out/Debian_12 image' }, 'debian-12-image:latest'],
    [{ imageName: '日本' }, 'image:latest'],
  ] as const;
  for (const [options, reference] of cases) assert.equal(imageReference(options), reference);
});
