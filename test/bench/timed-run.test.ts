import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { listLoopDevices } from '../../bench/loop-devices.js';
import { parsePeakBytes } from '../../bench/node-memory.js';
import { parseCpuSeconds, runTimed, stopRunningCommands } from '../../bench/timed-run.js';
import { missingPrograms } from '../disk/disk-ports.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';
import { cannotLoop } from '../loop/in-namespace.js';

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

test('a run that is stopped leaves no loop device, even of a file that only its namespace has', {
  skip: cannotLoop || missingPrograms('addpart', 'delpart'),
}, async (context) => {
  const directory = await temporaryDirectory(context);
  const logPath = join(directory, 'log');
  const running = runTimed({
    command: {
      arguments: ['unshare', '--mount', '--propagation', 'private', 'bash', '-c', mountScript],
      environment: { PATH: process.env.PATH ?? '' },
      workingDirectory: directory,
    },
    logPath,
    timeoutMs: 60_000,
  });
  for (let waitedMs = 0; waitedMs < 20_000 && readFileSync(logPath, 'utf8') === ''; waitedMs += 20) await sleep(20);
  assert.equal(readFileSync(logPath, 'utf8'), 'mounted\n');
  const devices = listLoopDevices(directory);
  stopRunningCommands();
  assert.equal((await running).exitStatus, 137);
  assert.equal(devices.length, 1);
  for (const { disk, sequence } of devices) {
    assert.notEqual(readFileSync(`/sys/block/${disk}/diskseq`, 'utf8').trim(), sequence);
    assert.equal(existsSync(`/sys/block/${disk}/${disk}p1`), false);
  }
});

const mountScript = `set -eu
mkdir files mounted
mount -t tmpfs tmpfs files
truncate --size 8M files/image0.raw
device=$(losetup --find --show files/image0.raw)
addpart "$device" 1 2048 8192
mke2fs -q -t ext4 "\${device}p1"
mount "\${device}p1" mounted
echo mounted
sleep 60
`;

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
