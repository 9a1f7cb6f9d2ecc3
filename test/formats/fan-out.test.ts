import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fanOut, writeToFile } from '../../src/formats/fan-out.js';
import { openTestPorts } from './open-test-ports.js';

let work = '';
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'fan-out-test-'));
});
afterEach(() => rm(work, { recursive: true, force: true }));

const source = { program: 'seq', arguments: ['1', '200000'] };
const sum = { program: 'sha256sum', arguments: [] };

test('every sink gets the whole stream, and nothing is left behind', async () => {
  const results = await fanOut(
    {
      source,
      sinks: [[writeToFile(join(work, 'a'))], [sum], [{ program: 'cat', arguments: [] }, sum]],
      scratchDirectory: work,
    },
    openTestPorts(),
  );
  const whole = await openTestPorts().programs.requirePipeline([source, sum]);
  assert.deepEqual(
    results.map((result) => result.stdout),
    ['', whole.stdout, whole.stdout],
  );
  assert.equal((await readFile(join(work, 'a'), 'utf8')).split('\n').length, 200_001);
  assert.deepEqual(await readdir(work), ['a']);
});

test('one sink needs no pipe with a name', async () => {
  const results = await fanOut({ source, sinks: [[sum]], scratchDirectory: '/nonexistent' }, openTestPorts());
  assert.equal(results.length, 1);
});

test('without sinks nothing is read', async () => {
  assert.deepEqual(await fanOut({ source, sinks: [], scratchDirectory: work }, openTestPorts()), []);
});

for (const [title, sinks] of [
  ['the first', [[{ program: 'false', arguments: [] }], [sum], [sum]]],
  ['another', [[sum], [{ program: 'false', arguments: [] }], [sum]]],
] as const) {
  test(`a failure of ${title} sink ends all and is told`, async () => {
    await assert.rejects(fanOut({ source, sinks, scratchDirectory: work }, openTestPorts()), {
      code: 'COMMAND_FAILED',
      message: /^false exited with 1/,
    });
    assert.deepEqual(await readdir(work), []);
  });
}

test('a source that fails ends all and is told', async () => {
  await assert.rejects(
    fanOut(
      { source: { program: 'tar', arguments: ['-c', '/nonexistent'] }, sinks: [[sum], [sum]], scratchDirectory: work },
      openTestPorts(),
    ),
    { code: 'COMMAND_FAILED', message: /^tar exited with 2/ },
  );
});

test('a program that is missing ends all and is told', async () => {
  await assert.rejects(
    fanOut(
      { source, sinks: [[sum], [{ program: 'no-such-program', arguments: [] }]], scratchDirectory: work },
      openTestPorts(),
    ),
    { code: 'PROGRAM_MISSING' },
  );
});
