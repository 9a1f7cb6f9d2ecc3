import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Job, runJobs } from '../../src/harness/run-jobs.js';

/** Jobs that end when told to, and what happened in which order. */
function openJobs(memoryBytes: readonly number[]) {
  const jobs = memoryBytes.map((bytes, index): Job => ({ name: `job${index}`, memoryBytes: bytes }));
  const happened: string[] = [];
  const ends = new Map<string, (status: number) => void>();
  const run = async ({ name }: Job): Promise<number> => {
    happened.push(`start ${name}`);
    const status = await new Promise<number>((end) => ends.set(name, end));
    happened.push(`end ${name}`);
    return status;
  };
  /** Ends a job, and waits until what follows from it has happened. */
  const end = async (name: string, status = 0): Promise<void> => {
    ends.get(name)?.(status);
    await turn();
  };
  return { jobs, happened, run, end };
}

function turn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

const unlimited = async (): Promise<undefined> => undefined;

test('never more run than are allowed, and they start in order', async () => {
  const { jobs, happened, run, end } = openJobs([1, 1, 1]);
  const results = runJobs({ jobs, maximumJobs: 2, availableBytes: unlimited, run });
  await turn();
  assert.deepEqual(happened, ['start job0', 'start job1']);
  await end('job1', 5);
  assert.deepEqual(happened, ['start job0', 'start job1', 'end job1', 'start job2']);
  await end('job2');
  await end('job0');
  assert.deepEqual(
    [...(await results)].map(([{ name }, status]) => [name, status]),
    [
      ['job1', 5],
      ['job2', 0],
      ['job0', 0],
    ],
  );
});

test('what running jobs asked for is theirs, taken or not', async () => {
  const { jobs, happened, run, end } = openJobs([4, 4, 4]);
  const results = runJobs({ jobs, maximumJobs: 3, availableBytes: async () => 10, run });
  await turn();
  assert.deepEqual(happened, ['start job0', 'start job1']);
  await end('job0');
  assert.deepEqual(happened.slice(2), ['end job0', 'start job2']);
  await end('job1');
  await end('job2');
  assert.equal((await results).size, 3);
});

test('memory that others took meanwhile is not given out again', async () => {
  const { jobs, happened, run, end } = openJobs([4, 4]);
  const free = [10, 3];
  const results = runJobs({ jobs, maximumJobs: 2, availableBytes: async () => free.shift() ?? 3, run });
  await turn();
  assert.deepEqual(happened, ['start job0']);
  await end('job0');
  assert.deepEqual(happened, ['start job0', 'end job0', 'start job1']);
  await end('job1');
  await results;
});

test('a job that alone does not fit runs alone', async () => {
  const { jobs, happened, run, end } = openJobs([100, 100]);
  const results = runJobs({ jobs, maximumJobs: 2, availableBytes: async () => 10, run });
  await turn();
  assert.deepEqual(happened, ['start job0']);
  await end('job0');
  await end('job1');
  assert.equal((await results).size, 2);
});

test('after a result that stops, none starts, and those that run are waited for', async () => {
  const { jobs, happened, run, end } = openJobs([1, 1, 1]);
  const results = runJobs({ jobs, maximumJobs: 2, availableBytes: unlimited, run, stopsAfter: (status) => status > 0 });
  await turn();
  await end('job0', 1);
  await end('job1');
  assert.deepEqual([...(await results).values()], [1, 0]);
  assert.deepEqual(happened, ['start job0', 'start job1', 'end job0', 'end job1']);
});

test('what a job throws is thrown when the others have ended', async () => {
  const happened: string[] = [];
  const jobs = ['good', 'bad'].map((name): Job => ({ name, memoryBytes: 1 }));
  const run = async ({ name }: Job): Promise<void> => {
    if (name === 'bad') throw new Error('broken');
    await turn();
    happened.push(name);
  };
  await assert.rejects(runJobs({ jobs, maximumJobs: 2, availableBytes: unlimited, run }), { message: 'broken' });
  assert.deepEqual(happened, ['good']);
});
