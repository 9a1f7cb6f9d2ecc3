import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openLayerStore } from '../../src/layers/layer-store.js';
import { leaseLayers } from '../../src/layers/lease-layers.js';
import { type VerifyReport, verifyStore } from '../../src/layers/verify-store.js';
import { openLocks } from '../../src/process/open-locks.js';
import { openTestPorts } from '../helpers/ports.js';

/** A store with layers of one file each and a record that leads to the first. */
async function fill(context: TestContext, contents: readonly string[]) {
  const root = mkdtempSync(join(tmpdir(), 'dib-verify-'));
  context.after(() => rmSync(root, { recursive: true }));
  const { programs } = openTestPorts();
  const locks = openLocks({ pathDirectories: ['/usr/bin', '/bin'] });
  context.after(() => locks.close());
  const store = await openLayerStore({
    directory: root,
    programs,
    warn: () => undefined,
    newSalt: () => 'salt',
    bootId: 'boot',
  });
  const ids: string[] = [];
  for (const content of contents) {
    const partial = await store.makePartial();
    mkdirSync(`${partial}/upper/etc`, { recursive: true });
    writeFileSync(`${partial}/upper/etc/file`, content);
    writeFileSync(`${partial}/upper/etc/resolv.conf`, 'nameserver one\n');
    ids.push((await store.publish(partial, { taken: [], volatilePath: 'etc/resolv.conf' })).id);
    rmSync(partial, { recursive: true });
  }
  const saved = await store.saveRecord({
    parent: 'p',
    phase: 'install',
    place: 'chroot',
    hooks: [],
    inputs: { files: {}, listings: {}, names: {}, variables: {}, mounts: {}, archives: {}, host: {} },
    layer: { id: ids[0] ?? '', contentDigest: 'c' },
    durationMs: 1,
    createdMs: 2,
  });
  const { directory } = store;
  return {
    ids,
    directory,
    locks,
    record: `records/p/install/${saved.id}.json`,
    verify: (isKept = false): Promise<VerifyReport> =>
      verifyStore({
        storeDirectory: directory,
        programs,
        locks,
        ...(isKept
          ? {}
          : {
              async removeTrees(paths: readonly string[]) {
                for (const path of paths) rmSync(path, { recursive: true });
              },
            }),
      }),
  };
}

/** Writes other bytes of the same length and leaves the time of change as it was, as a faulty disk would. */
function rot(path: string, content: string): void {
  assert.equal(content.length, statSync(path).size);
  const reference = `${tmpdir()}/dib-verify-time-${process.pid}`;
  // Node's own calls lose nanoseconds.
  assert.equal(spawnSync('touch', ['-r', path, reference]).status, 0);
  writeFileSync(path, content);
  assert.equal(spawnSync('touch', ['-r', reference, path]).status, 0);
  rmSync(reference);
}

test('a whole store has no faults, and nothing in it changes', async (context) => {
  const { verify, ids, directory } = await fill(context, ['one', 'two']);
  const before = ids.map((id) => statSync(`${directory}/layers/${id}/layer.json`).mtimeMs);
  assert.deepEqual(await verify(), { layerCount: 2, recordCount: 1, buildCount: 0, faults: [] });
  assert.deepEqual(
    ids.map((id) => statSync(`${directory}/layers/${id}/layer.json`).mtimeMs),
    before,
  );
});

test('every kind of damage is found and removed, what is whole stays', async (context) => {
  const { verify, ids, directory, record } = await fill(context, ['one', 'two', 'six', 'ten', 'all']);
  const [one = '', two = '', six = '', ten = '', all = ''] = ids;
  rot(`${directory}/layers/${one}/tree/etc/file`, 'ono');
  writeFileSync(`${directory}/layers/${two}/tree/etc/more`, '');
  writeFileSync(`${directory}/layers/${six}/layer.json`, '');
  rot(`${directory}/layers/${ten}/tree/etc/resolv.conf`, 'nameserver two\n');
  writeFileSync(`${directory}/${record}`, '{"digest":');
  writeFileSync(`${directory}/builds/b.json`, '{}');
  const faults = [
    [`layers/${one}`, 'contents or attributes of its files changed'],
    [`layers/${two}`, 'names, owners, modes, sizes or times of its files changed'],
    [`layers/${six}`, 'its description does not fit its seal'],
    [`layers/${ten}`, 'the content of etc/resolv.conf changed'],
    [record, 'the record does not fit its seal'],
    ['builds/b.json', 'what is known of the build does not fit its seal'],
  ];
  const seen = ({ faults: found }: VerifyReport, isRemoved: boolean) =>
    found
      .map((fault) => {
        assert.equal(fault.isRemoved, isRemoved);
        return [fault.path, fault.what];
      })
      .sort();
  assert.deepEqual(seen(await verify(true), false), faults.sort());
  assert.deepEqual(seen(await verify(), true), faults.sort());
  assert.ok(existsSync(`${directory}/layers/${all}/tree/etc/file`));
  assert.deepEqual(await verify(), { layerCount: 1, recordCount: 0, buildCount: 0, faults: [] });
});

test('a damaged layer stays while a running build uses it', async (context) => {
  const { verify, ids, directory, locks } = await fill(context, ['one']);
  const [one = ''] = ids;
  writeFileSync(`${directory}/layers/${one}/tree/etc/file`, 'long');
  const release = await leaseLayers({ storeDirectory: directory, layerIds: ids, locks });
  const { faults } = await verify();
  assert.deepEqual(faults, [
    {
      path: `layers/${one}`,
      what: 'names, owners, modes, sizes or times of its files changed; a running build uses it',
      isRemoved: false,
    },
  ]);
  await release();
  assert.equal((await verify()).faults[0]?.isRemoved, true);
});
