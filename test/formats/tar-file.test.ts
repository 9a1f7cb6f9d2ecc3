import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { openTarFile, tarHeader } from '../../src/formats/tar-file.js';
import { openTestPorts } from './open-test-ports.js';

let work = '';
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'tar-file-test-'));
});
afterEach(() => rm(work, { recursive: true, force: true }));

test('GNU tar lists what was written', async () => {
  const path = join(work, 'x.tar');
  const file = await openTarFile({ path, modifiedSeconds: 1_600_000_000 });
  await file.addDirectory('blobs/');
  await file.addBytes('blobs/text', Buffer.from('hello'));
  await file.addBytes('empty', Buffer.alloc(0));
  await file.end();
  await file.close();
  const { stdout } = await openTestPorts().programs.require({
    program: 'tar',
    arguments: ['--utc', '--full-time', '-tvf', path],
  });
  assert.deepEqual(stdout.replaceAll(/ +/g, ' ').split('\n'), [
    'drwxr-xr-x 0/0 0 2020-09-13 12:26:40 blobs/',
    '-rw-r--r-- 0/0 5 2020-09-13 12:26:40 blobs/text',
    '-rw-r--r-- 0/0 0 2020-09-13 12:26:40 empty',
    '',
  ]);
  assert.equal((await stat(path)).size, 10_240);
});

test('a stream that gives another length is a fault of ours', async () => {
  const file = await openTarFile({ path: join(work, 'x.tar'), modifiedSeconds: 0 });
  await assert.rejects(
    file.addStream(
      'a',
      3,
      (async function* () {
        yield Buffer.from('four');
      })(),
    ),
    {
      message: 'Internal error: a gave 4 bytes instead of 3',
    },
  );
  await file.close();
});

test('sizes past eight gibibytes are written in base 256', () => {
  const size = (sizeBytes: number): string =>
    tarHeader({ name: 'a', sizeBytes, modifiedSeconds: 0 }).subarray(124, 136).toString('latin1');
  assert.equal(size(8 ** 11 - 1), '77777777777\0');
  assert.equal(size(8 ** 11), '\x80\0\0\0\0\0\0\x02\0\0\0\0');
});
