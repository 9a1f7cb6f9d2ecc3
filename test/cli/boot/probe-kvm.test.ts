import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepareProbe, probeKvm, probePassedStatus } from '../../../src/cli/boot/probe-kvm.js';
import type { Command, Programs } from '../../../src/model/ports.js';
import { openRecordingWorld } from '../recording-world.js';

/** Programs that end with the given status. */
function endingWith(exitStatus: number, commands: Command[] = []): Programs {
  const run = async (command: Command) => {
    commands.push(command);
    return { exitStatus, stdout: '', stderr: '', durationMs: 0 };
  };
  return { run, require: run, requirePipeline: ([command]) => run(command as Command), find: (program) => program };
}

test('the boot sector ends a machine with the expected status', async (context) => {
  const world = openRecordingWorld(context);
  const { programs } = await world.openPorts();
  if (programs.find('qemu-system-x86_64') === undefined) return context.skip('qemu-system-x86_64 is not installed');
  const words = ['-accel', 'tcg', ...(await prepareProbe(world.workingDirectory))];
  const { exitStatus } = await programs.run({ program: 'qemu-system-x86_64', arguments: words, timeoutMs: 60_000 });
  assert.equal(exitStatus, probePassedStatus);
});

test('KVM works only when the guest answered', async (context) => {
  const { workingDirectory: directory } = openRecordingWorld(context);
  const probe = (exitStatus: number) =>
    probeKvm({ processor: 'x86_64', machine: 'x86_64', directory, programs: endingWith(exitStatus) });
  // 134: QEMU aborts when the kernel refuses a register; 143: ended by the time limit; 0 and 1: it gave up.
  assert.deepEqual(await Promise.all([33, 0, 1, 134, 143].map(probe)), [true, false, false, false, false]);
});

test('another processor is never run by KVM', async () => {
  const commands: Command[] = [];
  const programs = endingWith(0, commands);
  assert.equal(await probeKvm({ processor: 'aarch64', machine: 'x86_64', directory: '/none', programs }), false);
  assert.deepEqual(commands, []);
});

test('on arm64 a machine has to start', async () => {
  const commands: Command[] = [];
  const programs = endingWith(0, commands);
  assert.equal(await probeKvm({ processor: 'aarch64', machine: 'aarch64', directory: '/none', programs }), true);
  assert.equal(commands[0]?.program, 'qemu-system-aarch64');
  assert.equal(commands[0]?.input, 'quit\n');
});
