import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { takeJobSlot } from '../../src/layers/job-slot.js';
import { openLocks } from '../../src/process/open-locks.js';

/** Builds that know of each other by the directory only. */
function openBuilds(context: TestContext, slotCount: number) {
  const directory = mkdtempSync(join(tmpdir(), 'dib-slots-'));
  const opened: ReturnType<typeof openLocks>[] = [];
  context.after(() => {
    for (const locks of opened) locks.close();
    rmSync(directory, { recursive: true });
  });
  return () => {
    const locks = openLocks({ pathDirectories: ['/usr/bin', '/bin'] });
    opened.push(locks);
    return { locks, take: () => takeJobSlot(`${slotCount}:${directory}`, locks) };
  };
}

test('no more builds work than there are slots, and the next one gets what is given back', async (context) => {
  const open = openBuilds(context, 2);
  const first = await open().take();
  await open().take();
  const events: string[] = [];
  const third = open()
    .take()
    .then((slot) => {
      events.push('third works');
      return slot;
    });
  events.push('first ends');
  await first.release();
  await (await third).release();
  assert.deepEqual(events, ['first ends', 'third works']);
});

test('a build that waits for another one lends its slot, and has one again after it', async (context) => {
  const open = openBuilds(context, 1);
  const leader = await open().take();
  const events: string[] = [];
  let end: (() => void) | undefined;
  const awaited = new Promise<void>((done) => {
    end = done;
  });
  const waiting = leader.whileWaiting(() => awaited).then(() => events.push('leader works again'));
  const other = await open().take();
  events.push('other works');
  end?.();
  await other.release();
  await waiting;
  assert.deepEqual(events, ['other works', 'leader works again']);
});

test('the slot of a build that dies is free', async (context) => {
  const open = openBuilds(context, 1);
  const dying = open();
  await dying.take();
  dying.locks.close();
  await (await open().take()).release();
});
