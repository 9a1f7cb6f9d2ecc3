import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { createDisk } from '../../src/steps/create-disk.js';
import { openTestStepContext } from '../helpers/step-context.js';

test('a disk that was never laid out is a bug of the walk, not of the user', async () => {
  const { context, root } = openTestStepContext();
  await assert.rejects(createDisk(context), /Internal error: the disk was not laid out/);
  rmSync(root, { recursive: true });
});
