import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { assetsDirectory, builtinElementsDirectory } from '../../src/base/assets.js';
import { digestOf } from '../../src/base/digest.js';
import { resolveTables } from '../../src/elements/resolve-tables.js';
import type { Element } from '../../src/model/element.js';

/** What a program said and how it ended. */
export interface RunResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy-on-write view of this machine's root that hooks may change, with a staging directory. */
export interface TestTarget {
  /** The staging directory on the host; `/tmp/in_target.d` in the target. */
  readonly staging: string;
  /** Runs a shell line in the target as a chroot phase would. */
  readonly inTarget: (line: string, environment?: Environment) => RunResult;
  /** Runs a shell line beside the target as a host phase would, with `$TMP_MOUNT_PATH` and the stand-in for sudo. */
  readonly onHost: (line: string, environment?: Environment) => RunResult;
  /** As `onHost`, while others run. */
  readonly onHostMeanwhile: (line: string, environment?: Environment) => Promise<RunResult>;
  /** A file that hooks wrote in the target, or undefined. */
  readonly read: (path: string) => string | undefined;
  /** Writes a file into the target beforehand. */
  readonly write: (path: string, text: string, mode?: number) => void;
}

export type Environment = Readonly<Record<string, string>>;

/** Why targets cannot be made here, or false. */
export const whyNoTarget: string | false = (() => {
  const work = mkdtempSync(join(tmpdir(), 'dib-probe-'));
  try {
    for (const name of ['upper', 'work', 'mnt']) mkdirSync(join(work, name));
    const result = enter(work, 'chroot "$mount" /bin/true', {});
    return result.status === 0 ? false : `no overlay in a mount namespace: ${result.stderr.trim()}`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
})();

/**
 * Makes a target with the built-in elements named and the elements given as texts, tables resolved and all staged.
 * `install-packages` only writes down its arguments, in `/var/log/install-packages`.
 */
export function openTarget(
  t: TestContext,
  options: {
    readonly builtin: readonly string[];
    readonly elements?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly environment?: Environment;
  },
): TestTarget {
  const work = mkdtempSync(join(tmpdir(), 'dib-target-'));
  t.after(() => rmSync(work, { recursive: true, force: true }));
  for (const name of ['upper', 'work', 'mnt', 'staging', 'elements']) mkdirSync(join(work, name));
  const staging = join(work, 'staging');
  const environment = { DISTRO_NAME: 'debian', DIB_RELEASE: 'bookworm', ARCH: 'amd64', ...options.environment };
  for (const [name, texts] of Object.entries(options.elements ?? {})) {
    for (const [path, text] of Object.entries(texts)) writeText(join(work, 'elements', name, path), text, 0o755);
  }
  const directories = [
    ...options.builtin.map((name) => join(builtinElementsDirectory, name)),
    ...Object.keys(options.elements ?? {}).map((name) => join(work, 'elements', name)),
  ];
  for (const directory of directories) {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      cpSync(join(directory, entry.name), join(staging, entry.name), { recursive: true, verbatimSymlinks: true });
    }
  }
  const elementSet = { elements: directories.map(describeElement), digest: '', warnings: [] };
  for (const [path, text] of Object.entries(resolveTables({ elementSet, environment }).stagedFiles)) {
    writeText(join(staging, path), text, 0o644);
  }
  const hostPrelude = 'export TMP_MOUNT_PATH=$mount TARGET_ROOT=$mount TMP_HOOKS_PATH=$staging; cd "$work"\n';
  const target: TestTarget = {
    staging,
    inTarget: (line, extra = {}) =>
      enter(
        work,
        `mkdir -p "$mount/tmp/in_target.d"; mount --bind "$staging" "$mount/tmp/in_target.d"; chroot "$mount" /usr/bin/env -i ${words({ HOME: '/root', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', ...environment, ...extra })} /bin/bash -c ${quote(line)}`,
        {},
      ),
    onHost: (line, extra = {}) => enter(work, hostPrelude + line, { ...environment, ...extra }),
    onHostMeanwhile: (line, extra = {}) => enterMeanwhile(work, hostPrelude + line, { ...environment, ...extra }),
    read: (path) =>
      existsSync(join(work, 'upper', path)) ? readFileSync(join(work, 'upper', path), 'utf8') : undefined,
    write: (path, text, mode = 0o644) => writeText(join(work, 'upper', path), text, mode),
  };
  target.write(
    'usr/local/bin/install-packages',
    '#!/bin/bash\nmkdir -p /var/log\necho "$*" >>/var/log/install-packages\n',
    0o755,
  );
  return target;
}

function enter(work: string, line: string, environment: Environment): RunResult {
  const { words: arguments_, options } = entering(work, line, environment);
  const result = spawnSync('unshare', arguments_, { ...options, encoding: 'utf8' });
  if (result.error !== undefined) throw result.error;
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

function enterMeanwhile(work: string, line: string, environment: Environment): Promise<RunResult> {
  const { words: arguments_, options } = entering(work, line, environment);
  return new Promise((resolve, reject) => {
    const child = spawn('unshare', arguments_, options);
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        said[name] += text;
      });
    }
    child.on('error', reject).on('close', (status) => resolve({ status, ...said }));
  });
}

function entering(work: string, line: string, environment: Environment) {
  const isRoot = process.getuid?.() === 0;
  const script = `set -e
work=$1 mount=$1/mnt staging=$1/staging
layers="lowerdir=/,upperdir=$work/upper,workdir=$work/work"
mount -t overlay -o "$layers,userxattr" overlay "$mount" 2>/dev/null || mount -t overlay -o "$layers" overlay "$mount"
mount --rbind /dev "$mount/dev"
mount --rbind /proc "$mount/proc"
mkdir -p "$mount/tmp"
${line}`;
  const namespaces = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return {
    words: [...(isRoot ? [] : ['--map-root-user']), ...namespaces, 'bash', '-c', script, 'bash', work],
    options: {
      // With a socket as its input bash takes itself for a remote shell and reads .bashrc.
      stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${assetsDirectory}/sandbox/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
        LC_ALL: 'C',
        HOME: work,
        ...environment,
      },
    },
  };
}

function describeElement(directory: string): Element {
  const files = filesBelow(directory, '').map((path) => {
    const { mode, size } = statSync(join(directory, path));
    return { path, kind: 'file' as const, digest: digestOf(path), sizeBytes: size, mode };
  });
  const name = directory.replace(/.*\//, '');
  return { name, directory, dependencies: [], provides: [], requestedBy: [], files, digest: name };
}

function filesBelow(directory: string, prefix: string): string[] {
  return readdirSync(join(directory, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = join(prefix, entry.name);
    return entry.isDirectory() ? filesBelow(directory, path) : [path];
  });
}

function writeText(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

function words(environment: Environment): string {
  return Object.entries(environment)
    .map(([name, value]) => quote(`${name}=${value}`))
    .join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
