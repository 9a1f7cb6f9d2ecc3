import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readBuildDecisions } from '../../src/layers/build-decisions.js';
import { exportBuild } from '../../src/layers/export-build.js';
import { importBuild } from '../../src/layers/import-build.js';
import type { Layer, UnitRecord } from '../../src/layers/layer-record.js';
import { type LayerStore, openLayerStore } from '../../src/layers/layer-store.js';
import { verifyStore } from '../../src/layers/verify-store.js';
import { openLocks } from '../../src/process/open-locks.js';
import { openTestPorts } from '../helpers/ports.js';

const { programs } = openTestPorts();
const skip = process.getuid?.() === 0 ? false : 'run by root';

function open(directory: string, salt: string): Promise<LayerStore> {
  return openLayerStore({ directory, programs, warn: () => undefined, newSalt: () => salt, bootId: 'boot' });
}

/** A store with a layer of everything that a tree can have, and its archive. */
async function exportOne(context: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'dib-archive-'));
  const locks = openLocks({ pathDirectories: ['/usr/bin', '/bin'] });
  context.after(() => {
    locks.close();
    rmSync(root, { recursive: true });
  });
  const source = await open(`${root}/source`, 'salt of the source');
  const partial = await source.makePartial();
  const upper = `${partial}/upper`;
  mkdirSync(`${upper}/etc`, { recursive: true });
  writeFileSync(`${upper}/etc/file`, 'text', { mode: 0o640 });
  linkSync(`${upper}/etc/file`, `${upper}/etc/same`);
  symlinkSync('/etc/file', `${upper}/etc/link`);
  for (const words of [
    ['mknod', `${upper}/etc/gone`, 'c', '0', '0'],
    ['mkfifo', `${upper}/etc/pipe`],
    ['chown', '7:8', `${upper}/etc/file`],
    ['setfattr', '-n', 'trusted.overlay.opaque', '-v', 'y', `${upper}/etc`],
  ])
    assert.equal(spawnSync(words[0] ?? '', words.slice(1)).status, 0, words.join(' '));
  const layer = await source.publish(partial, { taken: [] });
  const record: UnitRecord = await source.saveRecord({
    parent: 'p',
    phase: 'install',
    place: 'chroot',
    hooks: [{ name: '10-a', element: 'e', digest: 'd' }],
    inputs: { files: {}, listings: {}, names: {}, variables: { V: 'digest' }, mounts: {}, archives: {}, host: {} },
    layer: { id: layer.id, contentDigest: layer.contentDigest },
    durationMs: 5,
    createdMs: 6,
  });
  const archivePath = `${root}/layers.tar`;
  const write = async (layers: readonly Layer[], isRootless = false): Promise<void> => {
    const scratchDirectory = mkdtempSync(`${root}/scratch-`);
    await exportBuild({
      storeDirectory: source.directory,
      scratchDirectory,
      outputPath: archivePath,
      compression: [],
      programs,
      archive: {
        archiveVersion: 1,
        isRootless,
        salt: source.salt,
        build: { imagePath: '/w/image', startedMs: 1, outcome: 'done', decisions: [], stack: [layer.id] },
        layers,
        records: [record],
      },
    });
  };
  await write([layer]);
  const target = await open(`${root}/target`, 'salt of the target');
  return {
    layer,
    record,
    archivePath,
    write,
    target,
    locks,
    import: () => importBuild({ store: target, archivePath, isRootless: false, bootId: 'boot', programs, locks }),
  };
}

test('what is exported is imported whole, once', { skip }, async (context) => {
  const one = await exportOne(context);
  const report = { imagePath: '/w/image', layerCount: 1, recordCount: 1 };
  assert.deepEqual(await one.import(), { ...report, newLayerCount: 1 });
  const { directory } = one.target;
  assert.deepEqual(await verifyStore({ storeDirectory: directory, programs, locks: one.locks }), {
    layerCount: 1,
    recordCount: 1,
    buildCount: 1,
    faults: [],
  });
  assert.notEqual(await one.target.find(one.layer.id), undefined);
  const tree = one.target.treeOf(one.layer.id);
  assert.equal(statSync(`${tree}/etc/same`).ino, statSync(`${tree}/etc/file`).ino);
  assert.deepEqual(await one.target.records('p', 'install'), [{ ...one.record, salt: 'salt of the source' }]);
  assert.deepEqual((await readBuildDecisions(directory, '/w/image'))?.stack, [one.layer.id]);
  assert.deepEqual(await one.import(), { ...report, newLayerCount: 0 });
  for (const name of ['partial', 'leases']) assert.deepEqual(readdirSync(`${directory}/${name}`), []);
});

test('nothing of a damaged archive is taken', { skip }, async (context) => {
  const one = await exportOne(context);
  const bytes = readFileSync(one.archivePath);
  const at = bytes.lastIndexOf('text');
  assert.ok(at > 0);
  bytes.write('tent', at);
  writeFileSync(one.archivePath, bytes);
  await assert.rejects(one.import(), {
    code: 'CACHE_CORRUPT',
    message: /layer [0-9a-f]{40} does not fit its digests$/,
  });
  writeFileSync(one.archivePath, bytes.subarray(0, bytes.length / 4));
  await assert.rejects(one.import(), { code: 'CACHE_CORRUPT' });
  writeFileSync(one.archivePath, 'no archive');
  await assert.rejects(one.import(), { code: 'CACHE_CORRUPT' });
  await one.write([{ ...one.layer, id: '../../escape' }]).catch(() => undefined);
  await assert.rejects(one.import(), { code: 'CACHE_CORRUPT' });
  for (const name of ['layers', 'records', 'builds', 'partial', 'leases'])
    assert.deepEqual(readdirSync(`${one.target.directory}/${name}`), [], name);
});

test('an archive of the other kind of store is refused', { skip }, async (context) => {
  const one = await exportOne(context);
  await one.write([one.layer], true);
  await assert.rejects(one.import(), { code: 'USAGE', message: /was exported by an ordinary user: / });
});
