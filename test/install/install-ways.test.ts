import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';

/** One way in which people get the package. */
interface Way {
  readonly name: string;
  /** Installs below the directory and gives the path of `dib`, or why it cannot be done here. */
  readonly install: (directory: string) => { readonly dibPath: string } | { readonly skip: string };
}

let workDirectory: string;
let checkout: string;
let tarball: string;

before(() => {
  workDirectory = realpathSync(mkdtempSync(join(tmpdir(), 'dib-install-')));
  checkout = copyCheckout(join(workDirectory, 'checkout'));
  tarball = packTarball();
});

after(() => rmSync(workDirectory, { recursive: true, force: true }));

const ways: readonly Way[] = [
  { name: 'a checkout', install: () => ({ dibPath: join(checkout, 'bin/dib') }) },
  {
    name: 'npm link',
    install: (directory) => npm(['link'], { cwd: checkout, prefix: directory, dib: join(directory, 'bin/dib') }),
  },
  {
    name: 'an installed directory',
    install: (directory) => installInProject(directory, ['--install-links', checkout]),
  },
  { name: 'an installed tarball', install: (directory) => installInProject(directory, [tarball]) },
  {
    name: 'a tarball installed under umask 077',
    install: (directory) => installInProject(directory, [tarball], '077'),
  },
];

describe('every way of installing finds the same elements and plans the same build', () => {
  let expected: Readonly<Record<string, string>> | undefined;
  for (const way of ways) {
    test(way.name, (context) => {
      const directory = join(workDirectory, way.name.replaceAll(' ', '-'));
      mkdirSync(directory);
      const installed = way.install(directory);
      if ('skip' in installed) return context.skip(installed.skip);
      const found = describeInstallation(installed.dibPath);
      expected ??= found;
      assert.deepEqual(Object.keys(found), Object.keys(expected));
      for (const [command, output] of Object.entries(expected)) assert.equal(found[command], output, command);
    });
  }
});

test('the tarball holds what is needed and nothing else', () => {
  const { stdout } = run('tar', ['-tzf', tarball]);
  const tops = new Set(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((path) => path.split('/')[1]),
  );
  assert.deepEqual([...tops].sort(), ['LICENSE', 'assets', 'bin', 'dist', 'package.json']);
});

test('under umask 077 no file of the package can be read by others', (context) => {
  const directory = join(workDirectory, 'a-tarball-installed-under-umask-077/node_modules/diskimage-builder');
  if (!existsSync(directory)) return context.skip('the package could not be installed');
  const open = filesBelow(join(directory, 'assets')).filter((path) => (statSync(path).mode & 0o077) !== 0);
  assert.deepEqual(open, []);
});

test('from a checkout that is not built, the commands say what to run', () => {
  const directory = join(workDirectory, 'unbuilt');
  mkdirSync(directory);
  for (const name of ['bin', 'package.json']) cpSync(join(checkout, name), join(directory, name), { recursive: true });
  for (const program of readdirSync(join(directory, 'bin'))) {
    const { status, stdout, stderr } = run(join(directory, 'bin', program), []);
    assert.deepEqual(
      [status, stdout, stderr],
      [1, '', `${program}: not built yet; run make in the checkout, or npm install && npm run build\n`],
    );
  }
});

/** What an installation says of itself, its own place replaced by a word. */
function describeInstallation(dibPath: string): Readonly<Record<string, string>> {
  const commands = [
    ['--version'],
    ['paths', 'elements'],
    ['paths', 'lib'],
    ['elements', 'digest', '--json'],
    ['elements', 'list', '--json'],
    ['plan', '--json', 'vm', 'debian-minimal'],
  ];
  const root = realpathSync(dibPath).replace(/\/bin\/dib$/, '');
  return Object.fromEntries(
    commands.map((words) => {
      const { status, stdout, stderr } = run(dibPath, words, { cwd: workDirectory, env: plainEnvironment() });
      return [words.join(' '), `${status}\n${stdout}\n${stderr}`.replaceAll(root, 'PACKAGE')];
    }),
  );
}

/** The package with built sources, without what is not part of it; its dependencies are those of the real checkout. */
function copyCheckout(directory: string): string {
  mkdirSync(directory);
  for (const name of ['bin', 'assets', 'src', 'package.json', 'tsconfig.json', 'LICENSE'])
    cpSync(join(packageDirectory, name), join(directory, name), { recursive: true, verbatimSymlinks: true });
  removeEmptyDirectories(join(directory, 'assets'));
  symlinkSync(join(packageDirectory, 'node_modules'), join(directory, 'node_modules'));
  const built = run(join(packageDirectory, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.json'], { cwd: directory });
  assert.ok(existsSync(join(directory, 'dist/cli/main.js')), `tsc made nothing:\n${built.stdout}`);
  return directory;
}

/** A fresh checkout has none, since git does not keep them; test/assets.test.ts reports them. */
function removeEmptyDirectories(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmptyDirectories(join(directory, entry.name));
  if (readdirSync(directory).length === 0) rmdirSync(directory);
}

function packTarball(): string {
  const { status, stdout, stderr } = run(
    'npm',
    ['pack', '--ignore-scripts', '--silent', '--pack-destination', workDirectory],
    { cwd: checkout },
  );
  assert.equal(status, 0, stderr);
  return join(workDirectory, stdout.trim().split('\n').at(-1) ?? '');
}

function installInProject(directory: string, words: readonly string[], umask?: string): ReturnType<Way['install']> {
  writeFileSync(join(directory, 'package.json'), '{"name": "somebody", "version": "1.0.0", "private": true}\n');
  return npm(['install', ...words], {
    cwd: directory,
    dib: join(directory, 'node_modules/.bin/dib'),
    ...(umask === undefined ? {} : { umask }),
  });
}

/** Runs npm, from its cache where it can; a registry that is not there is no fault of ours. */
function npm(
  words: readonly string[],
  options: { readonly cwd: string; readonly prefix?: string; readonly dib: string; readonly umask?: string },
): ReturnType<Way['install']> {
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=0'];
  const { status, stderr } = run(
    'sh',
    ['-c', `umask ${options.umask ?? '022'}; exec npm "$@"`, 'sh', ...words, ...flags],
    {
      cwd: options.cwd,
      env: { ...process.env, ...(options.prefix === undefined ? {} : { npm_config_prefix: options.prefix }) },
    },
  );
  if (status === 0) return { dibPath: options.dib };
  if (/ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET/.test(stderr))
    return { skip: 'the package registry cannot be reached, and its packages are not cached' };
  throw new Error(`npm ${words.join(' ')} failed:\n${stderr}`);
}

function plainEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: workDirectory };
}

function run(
  program: string,
  words: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
) {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  return { status, stdout, stderr };
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
