import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuildError } from '../../src/base/build-error.js';
import type { EventContent } from '../../src/model/event.js';
import type { Programs } from '../../src/model/ports.js';
import { openPrograms } from '../../src/process/run-program.js';

interface Opened {
  readonly programs: Programs;
  readonly events: EventContent[];
  readonly stop: AbortController;
}

function open(stopGraceMs = 5000): Opened {
  const events: EventContent[] = [];
  const stop = new AbortController();
  const programs = openPrograms({
    pathDirectories: ['/usr/bin', '/bin'],
    emit: (event) => events.push(event),
    clock: { nowMs: Date.now, monotonicMs: () => performance.now() },
    signal: stop.signal,
    stopGraceMs,
  });
  return { programs, events, stop };
}

test('a program gets only the named variables, LC_ALL and PATH', async () => {
  const { programs } = open();
  const { stdout } = await programs.run({ program: 'env', arguments: [], environment: { COLOUR: 'blue' } });
  assert.deepEqual(stdout.trim().split('\n').sort(), ['COLOUR=blue', 'LC_ALL=C.UTF-8', 'PATH=/usr/bin:/bin']);
});

test('standard input is closed unless text is given', async () => {
  const { programs } = open();
  assert.equal((await programs.run({ program: 'cat', arguments: [] })).stdout, '');
  assert.equal((await programs.run({ program: 'cat', arguments: [], input: 'héllo' })).stdout, 'héllo');
});

test('run gives the exit status, 128 and the number for a signal', async () => {
  const { programs } = open();
  assert.equal((await programs.run({ program: 'bash', arguments: ['-c', 'exit 7'] })).exitStatus, 7);
  assert.equal((await programs.run({ program: 'bash', arguments: ['-c', 'kill -9 $$'] })).exitStatus, 137);
});

test('require names the program, the status, the last lines and the command', async () => {
  const { programs } = open();
  await assert.rejects(
    programs.require({ program: 'bash', arguments: ['-c', 'echo first; echo last >&2; exit 3'] }),
    (error: unknown) => {
      assert.ok(error instanceof BuildError);
      assert.equal(error.code, 'COMMAND_FAILED');
      assert.match(error.message, /^bash exited with 3\n/);
      assert.match(error.message, /last/);
      assert.equal(error.hint, "the command was: bash -c 'echo first; echo last >&2; exit 3'");
      return true;
    },
  );
});

test('a missing program is an error with its name', async () => {
  const { programs } = open();
  await assert.rejects(programs.run({ program: 'no-such-program', arguments: [] }), { code: 'PROGRAM_MISSING' });
});

test('logged output becomes one event a line, tagged with its stream', async () => {
  const { programs, events } = open();
  const result = await programs.run({
    program: 'bash',
    arguments: ['-c', 'echo one; echo two >&2; printf three'],
    output: 'log',
    source: 'greeter',
  });
  assert.equal(result.stdout, '');
  assert.deepEqual(
    events.map((event) => (event.kind === 'output' ? `${event.source} ${event.stream} ${event.text}` : '')).sort(),
    ['greeter stderr two', 'greeter stdout one', 'greeter stdout three'],
  );
});

test('a pipeline carries bytes and gives the last result', async () => {
  const { programs } = open();
  const result = await programs.requirePipeline([
    { program: 'head', arguments: ['-c', '3000000', '/dev/zero'] },
    { program: 'tr', arguments: ['\\0', 'x'] },
    { program: 'wc', arguments: ['-c'] },
  ]);
  assert.equal(result.stdout.trim(), '3000000');
});

test('a failing member of a pipeline is named, not the writer that it cut off', async () => {
  const { programs } = open();
  await assert.rejects(
    programs.requirePipeline([
      { program: 'head', arguments: ['-c', '9000000', '/dev/zero'] },
      { program: 'bash', arguments: ['-c', 'exit 4'] },
    ]),
    /bash exited with 4/,
  );
});

test('aborting stops the whole process group, also one that ignores SIGTERM', async () => {
  const { programs, stop } = open(100);
  const running = programs.run({
    program: 'bash',
    arguments: ['-c', "trap '' TERM; echo started >&2; sleep 60 & wait; sleep 60"],
  });
  setTimeout(() => stop.abort(), 200);
  assert.equal((await running).exitStatus, 137);
});

test('an interactive program, which shares our group, is stopped too', async () => {
  const { programs, stop } = open(100);
  const running = programs.run({ program: 'sleep', arguments: ['60'], isInteractive: true });
  setTimeout(() => stop.abort(), 100);
  assert.equal((await running).exitStatus, 143);
});

test('a time limit ends the program', async () => {
  const { programs } = open();
  assert.equal((await programs.run({ program: 'sleep', arguments: ['60'], timeoutMs: 50 })).exitStatus, 143);
});

test('a daemon that keeps the output open does not hold the result back', async () => {
  const { programs } = open();
  const result = await programs.run({ program: 'bash', arguments: ['-c', 'sleep 5 & echo done'] });
  assert.equal(result.stdout, 'done\n');
  assert.ok(result.durationMs < 4000);
});
