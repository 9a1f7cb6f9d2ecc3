import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDirectory } from '../../src/base/assets.js';

/** An ordinary user with subordinate ids, and a copy of the package that it can read. */
export interface OrdinaryUser {
  readonly name: string;
  readonly home: string;
  /** The copy's `bin`. */
  readonly binDirectory: string;
  /** Runs a program as this user, without any right to become root. */
  run(
    program: string,
    words: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): {
    readonly status: number | null;
    readonly output: string;
  };
  remove(): void;
}

/** Why no ordinary user can be made here, or false. */
export function whyNoOrdinaryUser(): string | false {
  if (process.getuid?.() !== 0) return 'only root can make the test user';
  for (const program of ['useradd', 'newuidmap', 'setpriv']) {
    if (spawnSync('which', [program]).status !== 0) return `${program} is not installed`;
  }
  return false;
}

/** Copies what the package is at run time to a place that every user can read. */
export function copyPackage(): { readonly directory: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'dib-package-'));
  chmodSync(directory, 0o755);
  const { dependencies } = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const modules = Object.keys(dependencies).map((name) => `node_modules/${name}`);
  for (const name of ['bin', 'dist', 'assets', 'package.json', ...modules]) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    cpSync(join(packageDirectory, name), join(directory, name), { recursive: true, verbatimSymlinks: true });
  }
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Makes a user whose name is unique to this test process. */
export function makeOrdinaryUser(): OrdinaryUser {
  const name = `dibtest${process.pid}`;
  const home = `/var/tmp/${name}`;
  const made = spawnSync('useradd', ['--create-home', '--home-dir', home, '--shell', '/bin/bash', name], {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`useradd failed: ${made.stderr}`);
  const subordinate = ['--add-subuids', '2000000-2065535', '--add-subgids', '2000000-2065535', name];
  const { stdout } = spawnSync('grep', ['-c', `^${name}:`, '/etc/subuid'], { encoding: 'utf8' });
  if (stdout.trim() === '0') spawnSync('usermod', subordinate);
  const copy = copyPackage();
  return {
    name,
    home,
    binDirectory: join(copy.directory, 'bin'),
    run(program, words, environment = {}) {
      const {
        status,
        stdout: out,
        stderr,
      } = spawnSync('setpriv', ['--reuid', name, '--regid', name, '--clear-groups', '--', program, ...words], {
        cwd: home,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 1 << 28,
        env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, USER: name, LOGNAME: name, ...environment },
      });
      return { status, output: out + stderr };
    },
    remove() {
      spawnSync('userdel', ['--force', '--remove', name]);
      rmSync(home, { recursive: true, force: true });
      copy.remove();
    },
  };
}
