import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parsePeakBytes } from '../../bench/node-memory.js';
import { parseCpuSeconds, runTimed } from '../../bench/timed-run.js';

function run(context: TestContext, script: string, timeoutMs = 60_000) {
  const directory = mkdtempSync(join(tmpdir(), 'timed-run-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const logPath = join(directory, 'log');
  return runTimed({
    command: {
      arguments: ['sh', '-c', script],
      environment: { PATH: process.env.PATH ?? '', WORD: 'blue' },
      workingDirectory: directory,
    },
    logPath,
    timeoutMs,
  }).then((timed) => ({ timed, log: readFileSync(logPath, 'utf8') }));
}

test('a run gives its exit status and keeps both outputs in the log', async (context) => {
  const { timed, log } = await run(context, 'echo "out $WORD"; echo err >&2; exit 7');
  assert.equal(timed.exitStatus, 7);
  assert.equal(log, 'out blue\nerr\n');
});

test('the processor time of children counts', async (context) => {
  const { timed } = await run(context, '(i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done); true');
  assert.ok(timed.cpuSeconds > 0.05, `${timed.cpuSeconds} s`);
  assert.ok(timed.wallSeconds > 0.05, `${timed.wallSeconds} s`);
});

test('a run past its time is killed with its children', async (context) => {
  const { timed } = await run(context, 'sleep 60 & sleep 60', 200);
  assert.equal(timed.exitStatus, 137);
  assert.equal(timed.cpuSeconds, 0);
});

test('the memory of a Node process below is seen', async (context) => {
  const { timed } = await run(
    context,
    `"${process.execPath}" -e 'const b = Buffer.alloc(1e8, 1); setTimeout(() => b, 800)'`,
  );
  assert.equal(timed.exitStatus, 0);
  assert.ok(timed.nodePeakBytes > 1e8, `${timed.nodePeakBytes} bytes`);
});

test('the last line of what bash says counts', () => {
  assert.equal(parseCpuSeconds('bash: line 1: 42 Killed\n1.250 0.500\n'), 1.75);
  assert.equal(parseCpuSeconds(''), 0);
});

test('the largest resident set is read in bytes', () => {
  assert.equal(parsePeakBytes('Name:\tnode\nVmPeak:\t 999 kB\nVmHWM:\t    2048 kB\n'), 2 * 1024 * 1024);
  assert.equal(parsePeakBytes('Name:\tkthreadd\n'), 0);
});
