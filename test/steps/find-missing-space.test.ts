import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BuildError } from '../../src/base/build-error.js';
import { findMissingSpace, measurePlaces, type Place, withMissingSpace } from '../../src/steps/find-missing-space.js';

const roomy: Place = {
  name: 'the cache directory /c',
  hint: 'choose another',
  freeBytes: 3 * 2 ** 30,
  totalBytes: 10 * 2 ** 30,
  hasFreeInodes: true,
};
const full: Place = { ...roomy, name: 'the layer store /s/layers', hint: 'make room', freeBytes: 4096 };
const failed = { what: 'hook install.d/50-a of element e', lines: ['working'], exitStatus: 3 };

test('a full place is named with what is free there, the others are not', () => {
  const fault = findMissingSpace({ ...failed, places: [roomy, full] });
  assert.ok(fault instanceof BuildError);
  assert.deepEqual(
    [fault.code, fault.message, fault.hint, fault.exitStatus],
    [
      'SPACE_MISSING',
      'no space left for hook install.d/50-a of element e: 4 KiB of 10 GiB free in the layer store /s/layers',
      'make room',
      3,
    ],
  );
});

test('a place without inodes is full, too', () => {
  const fault = findMissingSpace({ ...failed, places: [{ ...roomy, hasFreeInodes: false }] });
  assert.match(fault?.message ?? '', /: 3 GiB of 10 GiB free in the cache directory \/c, no inode free$/);
});

test('a program that says so counts, also when it has made room again', () => {
  const lines = ['dd: writing to /f: No space left on device', 'removed /f'];
  assert.equal(
    findMissingSpace({ ...failed, lines, places: [roomy] })?.message,
    'no space left for hook install.d/50-a of element e: 3 GiB of 10 GiB free in the cache directory /c\n' +
      '  dd: writing to /f: No space left on device',
  );
});

test('with room everywhere, and for inotify watches, it is something else', () => {
  assert.equal(findMissingSpace({ ...failed, places: [roomy] }), undefined);
  const lines = ['inotify_add_watch failed: No space left on device'];
  assert.equal(findMissingSpace({ ...failed, lines, places: [roomy] }), undefined);
});

const skip = process.getuid?.() === 0 ? false : 'run by root';

test('a full tmpfs is measured, and an error of our own in it is told', { skip }, async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-space-'));
  assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'small', directory]).status, 0);
  context.after(() => {
    spawnSync('umount', [directory]);
    rmdirSync(directory);
  });
  const options = {
    workspaceDirectory: directory,
    request: { cacheDirectory: tmpdir(), temporaryDirectory: '/t', isTmpfsRefused: false },
    hasLayers: true,
  };
  const place = (await measurePlaces(options))[1];
  assert.deepEqual([place?.name, place?.totalBytes], ['the workspace in memory', 2 ** 21]);
  const refused = await measurePlaces({ ...options, request: { ...options.request, isTmpfsRefused: true } });
  assert.equal(refused[1]?.name, 'the workspace in /t');
  spawnSync('dd', ['if=/dev/zero', `of=${directory}/file`, 'bs=64k']);
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const fault = await withMissingSpace(error, options);
  assert.ok(fault instanceof BuildError);
  assert.match(fault.message, /^no space left for the build: 0 B of 2 MiB free in the workspace in memory\n/);
  assert.equal(fault.hint, 'work on disk: --no-tmpfs, with space at TMPDIR');
  rmSync(`${directory}/file`);
  const other = new Error('something else');
  assert.equal(await withMissingSpace(other, options), other);
});
