import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLocks } from '../../src/process/open-locks.js';

const pathDirectories = ['/usr/local/bin', '/usr/bin', '/bin'];

test('a lock is exclusive between processes, and waits', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-locks-'));
  const first = openLocks({ pathDirectories });
  const second = openLocks({ pathDirectories });
  context.after(() => {
    first.close();
    second.close();
    rmSync(directory, { recursive: true });
  });
  const path = `${directory}/a lock`;
  const release = await first.acquire(path);
  assert.equal(await second.tryAcquire(path), undefined);
  const order: string[] = [];
  const waiting = second.acquire(path).then((releaseSecond) => {
    order.push('second');
    return releaseSecond;
  });
  order.push('first');
  await release();
  await (await waiting)();
  assert.deepEqual(order, ['first', 'second']);
  const again = await first.tryAcquire(path);
  assert.notEqual(again, undefined);
  await again?.();
});

test('the end of the holder releases its locks', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-locks-'));
  const first = openLocks({ pathDirectories });
  const second = openLocks({ pathDirectories });
  context.after(() => {
    second.close();
    rmSync(directory, { recursive: true });
  });
  await first.acquire(`${directory}/x`);
  const waiting = second.acquire(`${directory}/x`);
  first.close();
  await (await waiting)();
});

test('a lock file that was removed is not the one that is held', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-locks-'));
  const first = openLocks({ pathDirectories });
  const second = openLocks({ pathDirectories });
  context.after(() => {
    first.close();
    second.close();
    rmSync(directory, { recursive: true });
  });
  const release = await first.acquire(`${directory}/x`);
  const waiting = second.acquire(`${directory}/x`);
  rmSync(`${directory}/x`);
  await release();
  const releaseSecond = await waiting;
  assert.equal(await first.tryAcquire(`${directory}/x`), undefined);
  await releaseSecond();
});

test('a directory that does not exist is told', async (context) => {
  const locks = openLocks({ pathDirectories });
  context.after(() => locks.close());
  await assert.rejects(locks.acquire('/nonexistent/lock'), /cannot lock/);
});

test('the settings of a shell that somebody uses are not read', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-locks-'));
  // In place of ~/.bashrc, which is found by the user's id: what the shell is told.
  writeFileSync(`${directory}/bash`, `#!/bin/sh\necho "$1" > ${directory}/said\nexec /bin/bash "$@"\n`, {
    mode: 0o755,
  });
  const locks = openLocks({ pathDirectories: [directory, ...pathDirectories] });
  context.after(() => {
    locks.close();
    rmSync(directory, { recursive: true });
  });
  await (await locks.acquire(`${directory}/lock`))();
  assert.equal(readFileSync(`${directory}/said`, 'utf8'), '--norc\n');
});
