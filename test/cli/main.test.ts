import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';

/** Starts a program of the sources as a process of its own. */
function start(context: TestContext, programName: string, words: readonly string[]): ChildProcess {
  const directory = mkdtempSync(join(tmpdir(), 'dib-main-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const launcher = join(directory, 'launch.mjs');
  writeFileSync(
    launcher,
    `import { main } from ${JSON.stringify(`${packageDirectory}/src/cli/main.ts`)};\nawait main(${JSON.stringify(programName)});\n`,
  );
  return spawn(process.execPath, ['--import', 'tsx', launcher, ...words], { cwd: packageDirectory });
}

async function outcomeOf(child: ChildProcess): Promise<{ readonly status: number | null; out: string; error: string }> {
  let out = '';
  let error = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    error += chunk.toString();
  });
  const status = await new Promise<number | null>((done) => child.once('close', done));
  return { status, out, error };
}

test('the process ends with the status of the command', async (context) => {
  assert.deepEqual(await outcomeOf(start(context, 'dib', ['paths', 'nothing'])), {
    status: 1,
    out: '',
    error: 'error USAGE: dib paths knows no "nothing"\n  hint: there are elements, lib\n',
  });
  assert.deepEqual(await outcomeOf(start(context, 'diskimage-builder', [])), {
    status: 2,
    out: '',
    error: 'error USAGE: diskimage-builder needs FILE…\n  hint: see --help\n',
  });
});

test('a reader that goes away ends the process without a word', async (context) => {
  const child = start(context, 'dib', ['elements', 'list', '--json']);
  child.stdout?.destroy();
  const { status, error } = await outcomeOf(child);
  assert.deepEqual([status, error], [141, '']);
});

test('dib boot runs an image, its serial console on standard output', async (context) => {
  if (spawnSync('qemu-system-x86_64', ['--version']).status !== 0)
    return context.skip('qemu-system-x86_64 is not installed');
  const directory = mkdtempSync(join(tmpdir(), 'dib-boot-image-'));
  context.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'disk.raw'), greetingSector());
  const child = start(context, 'dib', ['boot', '-a', 'amd64', '--memory', '64', join(directory, 'disk.raw')]);
  const { status, out, error } = await outcomeOf(child);
  assert.equal(status, 0);
  assert.match(out, /it booted\r\n/);
  assert.match(
    error,
    /^booting \S+\/disk\.raw \(BIOS, (KVM|emulated, no KVM), changes are forgotten\); leave with Ctrl-A X\n$/,
  );
});

/** A PC boot sector that writes a line to the first serial port and switches the machine off (ACPI PM1a, port 0x604). */
function greetingSector(): Uint8Array {
  const code = [
    ...[0x31, 0xc0, 0x8e, 0xd8, 0xfc], // xor ax, ax; mov ds, ax; cld
    ...[0xba, 0xf8, 0x03, 0xbe, 0x1d, 0x7c], // mov dx, 0x3f8; mov si, text
    ...[0xac, 0x84, 0xc0, 0x74, 0x03, 0xee, 0xeb, 0xf8], // lodsb; test al, al; jz off; out dx, al; jmp lodsb
    ...[0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef], // off: mov dx, 0x604; mov ax, 0x2000; out dx, ax
    ...[0xf4, 0xeb, 0xfd], // hlt; jmp hlt
    ...Buffer.from('it booted\r\n\0'),
  ];
  const sector = Buffer.alloc(1024 * 1024);
  sector.set(code);
  sector.set([0x55, 0xaa], 510);
  return sector;
}
