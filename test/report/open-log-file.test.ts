import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLogFile } from '../../src/report/open-log-file.js';

test('a log is appended to, readable by its owner only, and whole before it is closed', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'report-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'a log with blanks.txt');
  const first = openLogFile(path);
  first.append('one\n');
  assert.equal(readFileSync(path, 'utf8'), 'one\n');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  first.close();
  first.close();
  const second = openLogFile(path);
  second.append('zwei ü\n');
  second.close();
  second.append('too late\n');
  assert.equal(readFileSync(path, 'utf8'), 'one\nzwei ü\n');
});

test('a log in a missing directory is refused with the path', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'report-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'missing', 'log');
  assert.throws(() => openLogFile(path), {
    code: 'OUTPUT_UNWRITABLE',
    message: `the log file ${path} cannot be opened for writing: ENOENT: no such file or directory, open '${path}'`,
  });
});

test('a full device is remembered instead of ending the build', (context) => {
  try {
    writeFileSync('/dev/full', '', { flag: 'a' });
  } catch {
    context.skip('needs /dev/full');
    return;
  }
  const file = openLogFile('/dev/full');
  file.append('one\n');
  assert.equal(file.failure()?.message, 'ENOSPC: no space left on device, write');
  file.append('two\n');
  file.close();
});
