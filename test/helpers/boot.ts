import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A machine that is running, seen through its serial console. */
export interface BootSession {
  /** Waits until the console has said something that matches, after the last match. Gives the matched text. */
  waitFor(pattern: RegExp, timeoutMs: number): Promise<string>;
  send(text: string): void;
  /** Everything said so far. */
  transcript(): string;
  close(): Promise<void>;
}

/** Where Debian and Ubuntu keep UEFI firmware. */
const firmwareFiles = [
  ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'],
  ['/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_VARS.fd'],
] as const;

/** Why nothing can be booted here, or false. */
export function whyNoBoot(firmware: 'bios' | 'uefi' = 'bios'): string | false {
  if (!existsSync('/usr/bin/qemu-system-x86_64')) return 'qemu-system-x86_64 is not installed';
  if (firmware === 'uefi' && !firmwareFiles.some(([code]) => existsSync(code))) return 'OVMF is not installed';
  return false;
}

/** Boots an image with its disk unchanged, always under TCG: /dev/kvm cannot be relied on in test machines. */
export function bootImage(options: {
  readonly imagePath: string;
  readonly format: string;
  readonly firmware: 'bios' | 'uefi';
  readonly extraArguments?: readonly string[];
}): BootSession {
  const directory = mkdtempSync(join(tmpdir(), 'dib-boot-'));
  const child = spawn('qemu-system-x86_64', qemuArguments(options, directory), { stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  let matchedTo = 0;
  let wake: () => void = () => undefined;
  const listen = (chunk: Buffer): void => {
    text += chunk.toString('latin1');
    wake();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  child.stdin.on('error', () => undefined);
  return {
    async waitFor(pattern, timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const match = pattern.exec(text.slice(matchedTo));
        if (match !== null) {
          matchedTo += match.index + match[0].length;
          return match[0];
        }
        const leftMs = deadline - performance.now();
        if (leftMs <= 0 || child.exitCode !== null) {
          throw new Error(
            `the console did not say ${pattern}; its last lines:\n${text.split('\n').slice(-60).join('\n')}`,
          );
        }
        await new Promise<void>((done) => {
          const timer = setTimeout(done, Math.min(leftMs, 1000));
          wake = () => {
            clearTimeout(timer);
            done();
          };
        });
      }
    },
    send: (input) => child.stdin.write(input),
    transcript: () => text,
    async close() {
      await end(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Waits for the login prompt and logs in as root, with the password of the fixture element `boot-check`. */
export async function logIn(session: BootSession): Promise<void> {
  await session.waitFor(/login: /, 420_000);
  session.send('root\n');
  await session.waitFor(/Password: /, 60_000);
  session.send('boot-check\n');
  await session.waitFor(/# /, 120_000);
  // A pager would wait for a key.
  await runInGuest(session, 'export PAGER=cat SYSTEMD_PAGER=cat TERM=dumb');
}

/** Every unit came up. */
export async function checkUnits(run: (command: string) => Promise<string>): Promise<void> {
  const state = await run('systemctl is-system-running --wait; systemctl --failed --no-legend --plain');
  assert.match(state, /(^|\n)running\n/, state);
}

/** Gives what a command says, where somebody has logged in. */
export async function runInGuest(session: BootSession, command: string, timeoutMs = 120_000): Promise<string> {
  const mark = `mark${Math.floor(performance.now() * 1000)}`;
  session.send(`${command}; echo ${mark.slice(0, 4)}"${mark.slice(4)}"\n`);
  const said = await session.waitFor(new RegExp(`(?<=\\n)[\\s\\S]*?${mark}\\r?\\n`), timeoutMs);
  return said.replace(new RegExp(`${mark}\\r?\\n$`), '').replaceAll('\r', '');
}

function qemuArguments(options: Parameters<typeof bootImage>[0], directory: string): readonly string[] {
  const firmware: string[] = [];
  if (options.firmware === 'uefi') {
    const [code, variables] = firmwareFiles.find(([path]) => existsSync(path)) ?? firmwareFiles[0];
    copyFileSync(variables, join(directory, 'vars.fd'));
    firmware.push('-machine', 'q35', '-drive', `if=pflash,format=raw,readonly=on,file=${code}`);
    firmware.push('-drive', `if=pflash,format=raw,file=${join(directory, 'vars.fd')}`);
  }
  return [
    '-accel',
    'tcg,thread=multi',
    ...firmware,
    '-m',
    '1024',
    '-smp',
    '2',
    '-nographic',
    '-no-reboot',
    '-net',
    'none',
    '-snapshot',
    '-drive',
    `file=${options.imagePath},format=${options.format},if=virtio`,
    ...(options.extraArguments ?? []),
  ];
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGKILL');
  });
}
