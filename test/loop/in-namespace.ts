import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageDirectory } from '../../src/base/assets.js';
import { missingPrograms, needsRoot } from '../disk/disk-ports.js';

/** The reason why loop devices cannot be used here; false when they can. */
export const cannotLoop: string | false =
  needsRoot ||
  missingPrograms('unshare', 'losetup', 'mount', 'umount', 'mke2fs', 'fallocate', 'blkid', 'sfdisk') ||
  (existsSync('/dev/loop-control') ? false : 'no loop devices');

/** Runs a scenario of `loop-worker.ts` in mount and PID namespaces of its own, as a build does. @returns its result */
export function runInNamespace<Result>(scenario: string, input: unknown): Result {
  const result = spawnSync(
    'unshare',
    [
      ...['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'],
      ...[process.execPath, '--import', 'tsx', join(packageDirectory, 'test/loop/loop-worker.ts'), scenario],
    ],
    { input: JSON.stringify(input), encoding: 'utf8', timeout: 120_000, maxBuffer: 2 ** 28 },
  );
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout) as Result;
}

/** Whether the kernel mounts a type. */
export function canMount(type: string, filesystems: string): boolean {
  return filesystems.split('\n').some((line) => line.trim() === type);
}
