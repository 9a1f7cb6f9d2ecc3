import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOfMount, digestOfSharedDevices } from '../../src/layers/mounts-digest.js';

test('a directory changes with its entries, a file with its content', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-mounts-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const empty = await digestOfMount(directory);
  assert.equal(await digestOfMount(directory), empty);
  mkdirSync(`${directory}/a`);
  writeFileSync(`${directory}/a/f`, 'one');
  const withFile = await digestOfMount(directory);
  assert.notEqual(withFile, empty);
  const file = await digestOfMount(`${directory}/a/f`);
  writeFileSync(`${directory}/a/f`, 'two');
  assert.notEqual(await digestOfMount(`${directory}/a/f`), file);
  assert.notEqual(await digestOfMount(directory), withFile);
  assert.notEqual(await digestOfMount(`${directory}/missing`), file);
});

test('files in the shared dev count by name and size', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-dev-'));
  context.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(`${directory}/shm`);
  const before = await digestOfSharedDevices(directory);
  writeFileSync(`${directory}/shm/left`, 'x');
  assert.notEqual(await digestOfSharedDevices(directory), before);
});
