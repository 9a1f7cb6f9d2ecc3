import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBounded } from '../../src/formats/run-bounded.js';
import { openTestPorts } from './open-test-ports.js';

test('results come in the order of the tasks, and never more than the limit run', async () => {
  let running = 0;
  let most = 0;
  const tasks = [3, 1, 2, 5, 4].map((value) => async () => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < value; turn += 1) await new Promise(setImmediate);
    running -= 1;
    return value;
  });
  assert.deepEqual(await runBounded(tasks, 2, openTestPorts()), [3, 1, 2, 5, 4]);
  assert.equal(most, 2);
});

test('a failure stops running programs and starts nothing more', async () => {
  const started: string[] = [];
  const sleeper = async (
    ports: ReturnType<typeof openTestPorts> | Parameters<Parameters<typeof runBounded>[0][number]>[0],
  ) => {
    started.push('sleeper');
    const result = await ports.programs.run({ program: 'sleep', arguments: ['600'] });
    started.push(`ended with ${result.exitStatus}`);
  };
  const failing = async (): Promise<void> => {
    started.push('failing');
    throw new Error('no');
  };
  const never = async (): Promise<void> => {
    started.push('never');
  };
  await assert.rejects(runBounded<void>([sleeper, failing, never], 2, openTestPorts()), { message: 'no' });
  assert.deepEqual(started, ['sleeper', 'failing', 'ended with 143']);
});

test('the first failure is the one that is told', async () => {
  const fail = (text: string) => async (): Promise<void> => {
    throw new Error(text);
  };
  await assert.rejects(runBounded<void>([fail('first'), fail('second')], 2, openTestPorts()), { message: 'first' });
});

test('no tasks give no results', async () => {
  assert.deepEqual(await runBounded([], 0, openTestPorts()), []);
});
