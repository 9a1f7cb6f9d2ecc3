import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BuildError } from '../../src/base/build-error.js';
import { builtInLayout, chooseLayoutConfig } from '../../src/layout/choose-layout.js';

let directory = '';
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'layouts-'));
});
after(() => rmSync(directory, { recursive: true }));

/** An element with files; each holds its own path. */
function element(name: string, fileNames: readonly string[]) {
  mkdirSync(join(directory, name), { recursive: true });
  for (const fileName of fileNames) writeFileSync(join(directory, name, fileName), `# ${name}/${fileName}\n`);
  const files = fileNames.map((path) => ({ path, kind: 'file' as const, digest: '', sizeBytes: 1, mode: 0o644 }));
  return { name, directory: join(directory, name), files };
}

const choose = (settings: Partial<Parameters<typeof chooseLayoutConfig>[0]>) =>
  chooseLayoutConfig({ elements: [], architecture: 'amd64', workingDirectory: directory, ...settings });

test("the caller's own text and file come first", async () => {
  const elements = [element('mbr', ['block-device-default.yaml'])];
  assert.deepEqual(await choose({ elements, blockDeviceConfig: { kind: 'text', value: '- x' } }), {
    text: '- x',
    origin: 'DIB_BLOCK_DEVICE_CONFIG',
  });
  writeFileSync(join(directory, 'my disk.yaml'), '- y\n');
  assert.deepEqual(await choose({ elements, blockDeviceConfig: { kind: 'file', value: 'my disk.yaml' } }), {
    text: '- y\n',
    origin: join(directory, 'my disk.yaml'),
  });
});

test('a file that is not there is named', async () => {
  await assert.rejects(
    choose({ blockDeviceConfig: { kind: 'file', value: '/nowhere/disk.yaml' } }),
    (error) =>
      error instanceof BuildError &&
      error.code === 'FILE_UNREADABLE' &&
      error.message.startsWith(
        'block-device configuration /nowhere/disk.yaml, named by DIB_BLOCK_DEVICE_CONFIG, cannot be read: ENOENT',
      ),
  );
});

test('a file for the architecture beats the default of another element', async () => {
  const elements = [
    element('a', ['block-device-default.yaml']),
    element('b', ['block-device-default.yaml', 'block-device-arm64.yaml']),
  ];
  assert.equal((await choose({ elements, architecture: 'arm64' })).text, '# b/block-device-arm64.yaml\n');
});

test('ppc64le and ppc64el share a file, ppc64 does not', async () => {
  const elements = [element('p', ['block-device-default.yaml', 'block-device-ppc64el.yaml'])];
  const textFor = async (architecture: string) => (await choose({ elements, architecture })).text;
  assert.equal(await textFor('ppc64le'), '# p/block-device-ppc64el.yaml\n');
  assert.equal(await textFor('ppc64el'), '# p/block-device-ppc64el.yaml\n');
  assert.equal(await textFor('ppc64'), '# p/block-device-default.yaml\n');
  assert.equal(await textFor(''), '# p/block-device-default.yaml\n');
});

test('two elements with a default are a fault that names them', async () => {
  const elements = [element('one', ['block-device-default.yaml']), element('two', ['block-device-default.yaml'])];
  await assert.rejects(
    choose({ elements }),
    (error) =>
      error instanceof BuildError &&
      error.code === 'LAYOUT_INVALID' &&
      error.message === '2 elements bring block-device-default.yaml: one, two',
  );
});

test('without any the built-in one is used', async () => {
  assert.deepEqual(await choose({ elements: [element('none', [])] }), { text: builtInLayout, origin: 'built-in' });
});
