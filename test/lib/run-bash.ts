import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { libDirectory } from '../../src/base/assets.js';

/** How a shell ended. */
export interface ShellResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a shell gets beside its script. */
export interface ShellOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Runs the shell as root of mount and PID namespaces of its own. */
  readonly isPrivate?: boolean;
}

/** Runs a script under errexit, nounset and pipefail, as hooks do, with `_LIB` set and nothing else but PATH. */
export function runBash(script: string, options: ShellOptions = {}): ShellResult {
  const shell = ['bash', '-c', `set -eu -o pipefail\n${script}`];
  const command = options.isPrivate
    ? ['unshare', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child', ...shell]
    : shell;
  const [program = '', ...rest] = command;
  const { status, stdout, stderr, error } = spawnSync(program, rest, {
    encoding: 'utf8',
    cwd: options.workingDirectory,
    timeout: 60_000,
    // Node's pipes are sockets; a bash whose input is one takes itself for a remote shell and reads ~/.bashrc.
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C', _LIB: libDirectory, ...options.environment },
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** A directory that is gone when the test is over. */
export function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-lib-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes files below a directory; those whose text starts with `#!` are executable. */
export function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
}

/** Why tests in private namespaces cannot run here, or false. */
export const whyNotPrivate: string | false =
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status === 0
    ? false
    : 'needs root and the right to make namespaces';

/** Shell lines that mount a tree with the host's programs at `build/mnt` of a directory, for chroots; private shells only. */
export function mountTree(root: string): string {
  return `mkdir -p "${root}/build/mnt/"{proc,dev,sys,etc,tmp,usr,lib,lib64,bin,sbin}
    for directory in usr lib lib64 bin sbin; do
        mount --bind "/$directory" "${root}/build/mnt/$directory"
    done`;
}
