import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseIdentitySeed } from '../../src/build/identity-seed.js';
import type { BuildPlan } from '../../src/model/plan.js';
import type { BuildRequest } from '../../src/model/request.js';

function plan(request: Partial<BuildRequest>, release = 'bookworm'): BuildPlan {
  return {
    request: {
      imagePath: '/w/image',
      imageName: 'image',
      elements: ['vm'],
      architecture: 'amd64',
      cacheMode: 'on',
      rootFileSystem: { type: 'ext4', mkfsOptions: '' },
      ...request,
    },
    elementSet: { elements: [], digest: 'd', warnings: [] },
    environment: { values: { DIB_RELEASE: release }, setBy: {} },
  } as unknown as BuildPlan;
}

test('an image keeps its seed, every other image has its own', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-seed-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const storeDirectory = `${directory}/cache/layers/root/v1`;
  let count = 0;
  const choose = (one: BuildPlan) =>
    chooseIdentitySeed(one, {
      storeDirectory,
      newSeed: () => {
        count += 1;
        return `seed-${count}`;
      },
    });
  assert.equal(await choose(plan({})), 'seed-1');
  assert.equal(await choose(plan({})), 'seed-1');
  assert.equal(await choose(plan({ cacheMode: 'trust' })), 'seed-1');
  assert.equal(await choose(plan({ imagePath: '/w/other' })), 'seed-2');
  assert.equal(await choose(plan({}, 'trixie')), 'seed-3');
  assert.equal(await choose(plan({ elements: ['vm', 'more'] })), 'seed-4');
  assert.equal(await choose(plan({ cacheMode: 'fresh' })), 'seed-5');
  assert.equal(await choose(plan({})), 'seed-5');
  const modes = ['cache/layers', 'cache/layers/root/v1/seeds'].map(
    (path) => statSync(`${directory}/${path}`).mode & 0o077,
  );
  assert.notEqual(modes[0], 0);
  assert.equal(modes[1], 0);
});

test('without a cache it is random, with a date it follows from the request', async () => {
  const options = { storeDirectory: '/nonexistent', newSeed: () => 'new' };
  assert.equal(await chooseIdentitySeed(plan({ cacheMode: 'off' }), options), undefined);
  assert.equal(await chooseIdentitySeed(plan({ sourceDateEpochSeconds: 5 }), options), '5:image:d');
});
