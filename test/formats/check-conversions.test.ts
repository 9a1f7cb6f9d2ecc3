import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { faultsOf, formatFault } from '../../src/base/build-error.js';
import { checkConversions } from '../../src/formats/check-conversions.js';
import { openTestPorts, skipReason } from './open-test-ports.js';

describe('conversions that are tried first', { skip: skipReason({ programs: ['qemu-img'] }) }, () => {
  let scratchDirectory = '';
  beforeEach(async () => {
    scratchDirectory = await mkdtemp(join(tmpdir(), 'conversions-test-'));
  });
  afterEach(() => rm(scratchDirectory, { recursive: true, force: true }));

  async function faults(formats: readonly string[], qemuImgOptions?: string): Promise<readonly string[]> {
    const given = qemuImgOptions === undefined ? {} : { qemuImgOptions };
    try {
      await checkConversions({ formats, compress: true, scratchDirectory, ...given }, openTestPorts());
      return [];
    } catch (error) {
      return faultsOf(error).map(formatFault);
    } finally {
      assert.deepEqual(await readdir(scratchDirectory), []);
    }
  }

  test('every format of the table is accepted', async () => {
    assert.deepEqual(
      await faults(['qcow2', 'vmdk', 'vhdx', 'vdi', 'vpc', 'qed', 'qcow', 'parallels', 'raw', 'tar']),
      [],
    );
  });

  test('an option that one format takes and another does not', async () => {
    assert.deepEqual(await faults(['qcow2', 'vmdk'], 'cluster_size=2M'), [
      [
        "error USAGE: qemu-img refuses format vmdk: qemu-img: Invalid parameter 'cluster_size'",
        '  at: --qemu-img-options',
        '  hint: the options are used for every format of qemu-img: cluster_size=2M',
      ].join('\n'),
    ]);
  });

  test('a format that qemu-img does not know', async () => {
    assert.deepEqual(await faults(['nonsense']), [
      "error USAGE: qemu-img refuses format nonsense: qemu-img: Unknown file format 'nonsense'",
    ]);
  });

  test('formats made without qemu-img are not tried', async () => {
    await checkConversions(
      { formats: ['tar', 'raw', 'vhd'], compress: true, scratchDirectory: '/nonexistent' },
      openTestPorts(),
    );
  });
});
