import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type TestContext, test } from 'node:test';
import { runCommand } from '../../../src/cli/run-command.js';
import type { Command, Programs } from '../../../src/model/ports.js';
import { openRecordingWorld } from '../recording-world.js';

/** Boots an empty raw disk with programs that only remember what they were asked. */
async function boot(
  context: TestContext,
  words: readonly string[],
  installed: (program: string) => boolean = () => true,
) {
  const world = openRecordingWorld(context);
  writeFileSync(`${world.workingDirectory}/disk.raw`, Buffer.alloc(1024));
  const commands: Command[] = [];
  const run = async (command: Command) => {
    commands.push(command);
    const isInfo = command.program === 'qemu-img' && command.arguments[0] === 'info';
    return {
      exitStatus: command.isInteractive === true ? 3 : 0,
      stdout: isInfo ? '{"format": "raw"}' : '',
      stderr: '',
      durationMs: 0,
    };
  };
  const programs: Programs = {
    run,
    require: run,
    requirePipeline: ([command]) => run(command as Command),
    find: (program) => (installed(program) ? `/usr/bin/${program}` : undefined),
  };
  const ports = await world.openPorts();
  const status = await runCommand({
    programName: 'dib',
    arguments: ['boot', ...words],
    // The machine is not the one booted, so KVM is not probed.
    world: {
      ...world,
      machine: 'riscv64',
      environment: { ...world.environment, TMPDIR: world.workingDirectory },
      openPorts: async () => ({ ...ports, programs }),
    },
  });
  return { status, commands, directory: world.workingDirectory, ...world.written };
}

test('QEMU gets the terminal, its status is handed on, nothing is left behind', async (context) => {
  const { status, commands, error, directory } = await boot(context, ['-a', 'amd64', 'disk.raw']);
  assert.equal(status, 3);
  assert.equal(
    error,
    `booting ${directory}/disk.raw (BIOS, emulated, no KVM, changes are forgotten); leave with Ctrl-A X\n`,
  );
  const last = commands.at(-1);
  assert.deepEqual([last?.program, last?.isInteractive], ['qemu-system-x86_64', true]);
  assert.ok(last?.arguments.includes(`file=${directory}/disk.raw,format=raw,if=virtio,snapshot=on`));
  assert.deepEqual(readdirSync(directory), ['disk.raw']);
});

test('a larger disk is a thin file on top, or the image itself when it is written', async (context) => {
  const thin = await boot(context, ['-a', 'amd64', '--disk-size', '2G', 'disk.raw']);
  const created = thin.commands.at(-2)?.arguments ?? [];
  assert.deepEqual(created.slice(0, 7), ['create', '-q', '-f', 'qcow2', '-b', `${thin.directory}/disk.raw`, '-F']);
  assert.match(created[8] ?? '', /\/disk\.qcow2$/);
  const written = await boot(context, ['-a', 'amd64', '--disk-size', '2G', '--write', 'disk.raw']);
  assert.deepEqual(written.commands.at(-2)?.arguments, ['resize', '-f', 'raw', `${written.directory}/disk.raw`, '2G']);
});

test('a dry run prints the commands and runs none', async (context) => {
  const { status, out, commands } = await boot(context, ['-a', 'amd64', '--dry-run', '--memory', '256', 'disk.raw']);
  assert.equal(status, 0);
  assert.match(out, /^qemu-system-x86_64 -machine q35 -accel tcg -cpu max -m 256 -smp 2 -drive /);
  assert.deepEqual(
    commands.map(({ program }) => program),
    ['qemu-img'],
  );
});

test('all that is missing is told at once, with the packages', async (context) => {
  const { status, error } = await boot(context, ['-a', 'amd64', '--disk-size', '2G', 'none.qcow2'], () => false);
  assert.equal(status, 1);
  assert.match(error, /^error FILE_UNREADABLE: \S+\/none\.qcow2 cannot be read, or is not there\n/);
  assert.match(
    error,
    /\nerror PROGRAM_MISSING: missing on this machine: qemu-system-x86_64, qemu-img\n {2}hint: apt-get install qemu-system-x86 qemu-utils\n$/,
  );
});

test('the variables of UEFI are copied to a file of their own', async (context) => {
  const { existsSync } = await import('node:fs');
  if (!existsSync('/usr/share/OVMF/OVMF_CODE_4M.fd')) return context.skip('ovmf is not installed');
  const { commands, directory } = await boot(context, ['-a', 'amd64', '--uefi', 'disk.raw']);
  const drives = commands.at(-1)?.arguments.filter((word) => word.startsWith('if=pflash')) ?? [];
  assert.equal(drives[0], 'if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd');
  assert.ok(drives[1]?.startsWith(`if=pflash,unit=1,format=raw,file=${directory}/dib-boot-`));
  assert.notEqual(directory, tmpdir());
});
