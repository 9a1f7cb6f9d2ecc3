import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../disk/disk-ports.js';
import { describeTree, makeSampleTree } from '../disk/sample-tree.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';
import { runInNamespace } from './in-namespace.js';

test('everything is copied but what other file systems hold', { skip: needsRoot }, async (context) => {
  const directory = await temporaryDirectory(context);
  const tree = join(directory, 'tree');
  await mkdir(tree);
  await makeSampleTree(tree);
  await writeFile(join(tree, '.hidden'), 'h');
  const before = await describeTree(tree, { hasTimes: true, skips: /^\/(var\/log|boot)\/.*/ });
  const copied = runInNamespace<string[]>('copy a part', { directory, mountPoints: ['/', '/var/log', '/boot'] });
  assert.deepEqual(copied, before);
});
