import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { importIntoDaemon } from '../../src/formats/docker.js';
import { openTestPorts } from './open-test-ports.js';

let work = '';
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'docker-test-'));
});
afterEach(() => rm(work, { recursive: true, force: true }));

const image = { layerPath: '/layer', target: 'team/app', archivePath: '/out/image.oci.tar' };

async function install(name: string, text: string): Promise<void> {
  await writeFile(join(work, name), `#!/bin/bash\n${text}\n`);
  await chmod(join(work, name), 0o755);
}

test('the layer is imported under the target', async () => {
  await install('podman', `printf '%s\\n' podman "$@" >'${work}/log'`);
  await importIntoDaemon(image, openTestPorts({ pathDirectories: [work] }));
  assert.equal(await readFile(join(work, 'log'), 'utf8'), 'podman\nimport\n/layer\nteam/app\n');
});

test('docker comes before podman', async () => {
  await install('podman', 'exit 1');
  await install('docker', `printf '%s\\n' docker "$@" >'${work}/log'`);
  await importIntoDaemon(image, openTestPorts({ pathDirectories: [work] }));
  assert.equal(await readFile(join(work, 'log'), 'utf8'), 'docker\nimport\n/layer\nteam/app\n');
});

test('a failing import says what the program said, and where the image is', async () => {
  await install('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
  await assert.rejects(importIntoDaemon(image, openTestPorts({ pathDirectories: [work] })), {
    code: 'COMMAND_FAILED',
    message: 'docker import team/app exited with 1: Cannot connect to the Docker daemon',
    hint: 'the image is complete in /out/image.oci.tar: docker load --input /out/image.oci.tar',
  });
});

test('without a program a warning names the archive', async () => {
  const ports = openTestPorts({ pathDirectories: [work] });
  await importIntoDaemon(image, ports);
  assert.deepEqual(ports.events, [
    {
      kind: 'message',
      level: 'warning',
      text: 'neither docker nor podman is here: team/app was not imported; load it from /out/image.oci.tar',
    },
  ]);
});
