import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { faultsOf, formatFault } from '../../src/base/build-error.js';
import { type CheckOutputsOptions, checkOutputs } from '../../src/formats/check-outputs.js';
import { openTestPorts, skipReason } from './open-test-ports.js';

let work = '';
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'check-test-'));
});
afterEach(() => rm(work, { recursive: true, force: true }));

async function faults(options: CheckOutputsOptions): Promise<readonly string[]> {
  try {
    await checkOutputs(options);
    return [];
  } catch (error) {
    return faultsOf(error).map((fault) => formatFault(fault).replaceAll(work, 'WORK'));
  }
}

test('a directory that takes files is in order, an old image too', async () => {
  await writeFile(join(work, 'image.qcow2'), '');
  assert.deepEqual(await faults({ imagePath: join(work, 'image'), formats: ['qcow2', 'tar'] }), []);
});

test('a missing directory', async () => {
  assert.deepEqual(await faults({ imagePath: join(work, 'none', 'image'), formats: ['tar'] }), [
    'error OUTPUT_UNWRITABLE: output directory WORK/none does not exist\n  hint: mkdir -p WORK/none',
  ]);
});

test('a file in the place of the directory', async () => {
  await writeFile(join(work, 'file'), '');
  assert.deepEqual(await faults({ imagePath: join(work, 'file', 'image'), formats: ['tar'] }), [
    'error OUTPUT_UNWRITABLE: output directory WORK/file is not a directory\n  hint: name another place with -o',
  ]);
});

test('directories in the place of artifacts and an unreadable manifest, all at once', async () => {
  await mkdir(join(work, 'image.squash'));
  await mkdir(join(work, 'image.oci.tar'));
  assert.deepEqual(
    await faults({
      imagePath: join(work, 'image'),
      formats: ['squashfs', 'docker', 'aci'],
      aciManifestPath: join(work, 'none.json'),
    }),
    [
      'error OUTPUT_UNWRITABLE: output WORK/image.squash is a directory\n  hint: name another output with -o',
      'error OUTPUT_UNWRITABLE: output WORK/image.oci.tar is a directory\n  hint: name another output with -o',
      'error FILE_UNREADABLE: the aci manifest WORK/none.json cannot be read\n  at: ACI_MANIFEST',
    ],
  );
});

test('a directory on a read-only file system', { skip: skipReason({ needsRoot: true }) }, async () => {
  const { programs } = openTestPorts();
  await programs.require({ program: 'mount', arguments: ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', work] });
  try {
    assert.deepEqual(await faults({ imagePath: join(work, 'image'), formats: ['tar'] }), [
      'error OUTPUT_UNWRITABLE: output directory WORK is on a read-only file system\n  hint: name another place with -o',
    ]);
  } finally {
    await programs.require({ program: 'umount', arguments: [work] });
  }
});

test('without formats nothing is needed', async () => {
  assert.deepEqual(await faults({ imagePath: join(work, 'none', 'image'), formats: [] }), []);
});
