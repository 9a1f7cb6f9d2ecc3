import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { assetsDirectory, packageDirectory } from '../../src/base/assets.js';
import { userNamespaceFlags } from '../../src/sandbox/namespace-command.js';
import { makeSmallTree } from './small-tree.js';

/** Who runs something in a namespace. */
export type NamespaceKind = 'root' | 'user';

/** Why a namespace of this kind cannot be made here, or undefined. A user namespace is made by `tester` when we are root. */
export function whyNoNamespace(kind: NamespaceKind): string | undefined {
  const isRoot = process.getuid?.() === 0;
  if (kind === 'root') return isRoot ? undefined : 'needs root';
  if (isRoot && userToBe() === undefined) return 'needs a user with subordinate ids, for example: useradd -m -F tester';
  const [program = '', ...words] = [...asUser(), 'unshare', ...userNamespaceFlags, '--mount', 'true'];
  return spawnSync(program, words).status === 0 ? undefined : 'user namespaces cannot be made here';
}

/** A scratch directory with `base`, a small root file system, that the namespace's maker owns; removed at the end. */
export function openScratch(context: TestContext, kind: NamespaceKind): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-layers-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  makeSmallTree(`${directory}/base`);
  const user = userToBe();
  if (kind === 'user' && process.getuid?.() === 0 && user !== undefined) {
    const give = (path: string): void => {
      chownSync(path, user.id, user.id);
      for (const entry of readdirSync(path, { withFileTypes: true }))
        if (entry.isDirectory()) give(`${path}/${entry.name}`);
        else if (entry.isFile()) chownSync(`${path}/${entry.name}`, user.id, user.id);
    };
    give(directory);
  }
  chmodSync(directory, 0o755);
  return directory;
}

/** Runs a TypeScript program of the tests in a namespace as a build has it. */
export function runInNamespace(options: {
  readonly kind: NamespaceKind;
  /** Relative to the package. */
  readonly program: string;
  readonly arguments: readonly string[];
  readonly timeoutMs: number;
}): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const [program = '', ...words] = [
    ...(options.kind === 'user' ? asUser() : []),
    'unshare',
    ...(options.kind === 'user' ? userNamespaceFlags : []),
    ...['--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--propagation', 'private'],
    ...['bash', `${assetsDirectory}/sandbox/enter`, `tmpfs:${2 ** 31}`],
    ...[process.execPath, '--import', 'tsx', options.program],
    ...options.arguments,
  ];
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd: packageDirectory,
    encoding: 'utf8',
    timeout: options.timeoutMs,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    maxBuffer: 2 ** 26,
  });
  return { status, stdout, stderr };
}

function asUser(): readonly string[] {
  const user = userToBe();
  return process.getuid?.() === 0 && user !== undefined ? ['runuser', '-u', user.name, '--'] : [];
}

function userToBe(): { readonly name: string; readonly id: number } | undefined {
  if (!existsSync('/etc/subuid')) return undefined;
  const names = readFileSync('/etc/subuid', 'utf8')
    .split('\n')
    .map((line) => line.split(':')[0]);
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name = '', , id] = line.split(':');
    if (names.includes(name) && Number(id) >= 1000) return { name, id: Number(id) };
  }
  return undefined;
}
