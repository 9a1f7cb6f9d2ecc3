import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readParameters, requireParameter, stateFilesOf } from '../../src/loop/block-device-files.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';

test('parameters are texts, whatever they look like', async (context) => {
  const path = join(await temporaryDirectory(context), 'params.yaml');
  await writeFile(path, "root-label: 1234\nimage-size: 1024KiB\nempty:\nroot-fs-opts: '-i 4096'\nswitch: yes\n");
  const parameters = await readParameters(path);
  assert.deepEqual(parameters, {
    'root-label': '1234',
    'image-size': '1024KiB',
    'root-fs-opts': '-i 4096',
    switch: 'yes',
  });
  assert.throws(() => requireParameter(parameters, 'build-dir'), /the parameters file has no "build-dir"/);
  await writeFile(path, '- a list\n');
  await assert.rejects(readParameters(path), /not a mapping/);
  await assert.rejects(readParameters(`${path}.none`), /ENOENT/);
});

test('files are written, read and removed', async (context) => {
  const buildDirectory = await temporaryDirectory(context);
  const files = stateFilesOf(buildDirectory);
  assert.equal(await files.readNodes(), undefined);
  await assert.rejects(files.readState(), /the state dump state\.json not found/);
  await assert.rejects(files.readConfig(), /config\.json not found/);
  await files.writeConfig([{ local_loop: { name: 'image0' } }]);
  await files.writeState({ blockdev: { image0: { device: '/dev/loop0' } } });
  await files.writeNodes([{ kind: 'image', path: '/x' }]);
  await files.writeFstab('LABEL=a / ext4 defaults 0 1\n');
  assert.deepEqual(await files.readConfig(), [{ local_loop: { name: 'image0' } }]);
  assert.deepEqual(await files.readState(), { blockdev: { image0: { device: '/dev/loop0' } } });
  assert.deepEqual(await files.readNodes(), [{ kind: 'image', path: '/x' }]);
  assert.equal(await readFile(join(buildDirectory, 'built/etc/fstab'), 'utf8'), 'LABEL=a / ext4 defaults 0 1\n');
  await files.remove();
  assert.equal(await files.readNodes(), undefined);
});
