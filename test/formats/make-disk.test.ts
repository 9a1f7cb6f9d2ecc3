import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { withScope } from '../../src/base/scope.js';
import { makeDisk } from '../../src/formats/make-disk.js';
import { makingIn } from './making.js';
import { noise, openTestPorts, skipReason } from './open-test-ports.js';

let work = '';
let rawDiskPath = '';
before(async () => {
  work = await mkdtemp(join(tmpdir(), 'make-disk-test-'));
  rawDiskPath = join(work, 'disk');
  await writeFile(rawDiskPath, noise(1_000_448));
});
after(() => rm(work, { recursive: true, force: true }));

for (const [format, magic] of [
  ['qcow2', 'QFI\xfb'],
  ['vhd', 'conectix'],
  ['raw.zst', '\x28\xb5\x2f\xfd'],
  ['vhdx', 'vhdxfile'],
] as const) {
  test(`${format} begins as such files do`, { skip: skipReason({ programs: ['qemu-img', 'zstd'] }) }, async () => {
    await withScope(async (scope) => {
      const made = await makeDisk({ ...makingIn(work, scope), rawDiskPath, format }, openTestPorts());
      assert.equal(made.format, format);
      assert.equal((await readFile(made.draft.path)).toString('latin1', 0, magic.length), magic);
    });
  });
}

test('raw is a copy of the disk', async () => {
  await withScope(async (scope) => {
    const made = await makeDisk({ ...makingIn(work, scope), rawDiskPath, format: 'raw' }, openTestPorts());
    assert.ok((await readFile(made.draft.path)).equals(await readFile(rawDiskPath)));
  });
});
