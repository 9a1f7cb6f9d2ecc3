import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A package that a test writes itself. */
export interface MadePackage {
  readonly name: string;
  readonly version?: string;
  readonly depends?: string;
  /** Path in the image, without the first slash → content. What begins with `#!` becomes executable. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** A key that signs archives, and the keyring that verifies it. */
export interface ArchiveKey {
  readonly home: string;
  readonly keyringPath: string;
}

/** A package file with its paragraph of an index. */
export interface IndexedPackage {
  readonly path: string;
  readonly paragraph: string;
}

/** Why no archive can be made here, or false. */
export function whyNoArchive(): string | false {
  const missing = ['gpg', 'dpkg-deb', 'apt-get'].find((program) => spawnSync('which', [program]).status !== 0);
  return missing === undefined ? false : `${missing} is not installed`;
}

/** Makes a key. Its agent ends with `forgetKey`. */
export function makeKey(directory: string, name: string): ArchiveKey {
  const key = { home: join(directory, `${name}-gnupg`), keyringPath: join(directory, `${name}.gpg`) };
  mkdirSync(key.home, { recursive: true, mode: 0o700 });
  runGpg(key, [
    '--passphrase',
    '',
    '--quick-generate-key',
    `${name} <${name}@example.org>`,
    'ed25519',
    'sign',
    'never',
  ]);
  runGpg(key, ['--output', key.keyringPath, '--export']);
  return key;
}

/** Signs a file, in the clear or detached. */
export function signFile(options: {
  readonly key: ArchiveKey;
  readonly how: '--clearsign' | '--detach-sign';
  readonly path: string;
  readonly output: string;
}): void {
  runGpg(options.key, ['--yes', '--output', options.output, options.how, options.path]);
}

/** Ends the agent that gpg started for a key. */
export function forgetKey(key: ArchiveKey): void {
  spawnSync('gpgconf', ['--homedir', key.home, '--kill', 'all']);
}

/**
 * Downloads the essential packages of this machine's release, the named ones and all that these need, into a directory
 * which the tests of one run share. Packages that builds of this run have fetched are not fetched again.
 */
export function downloadPackages(names: readonly string[]): readonly IndexedPackage[] {
  const cache = process.env.DIB_TEST_CACHE ?? join(tmpdir(), `dib-made-archive-${process.getuid?.()}`);
  const directory = join(cache, 'made-archive');
  mkdirSync(join(directory, 'partial'), { recursive: true });
  writeFileSync(join(directory, 'no-status'), '');
  const settings = [
    `Dir::State::status=${join(directory, 'no-status')}`,
    `Dir::Cache::archives=${directory}`,
    'Dir::Cache::pkgcache=',
    'Dir::Cache::srcpkgcache=',
    'APT::Sandbox::User=root',
  ];
  const words = [...settings.flatMap((setting) => ['-o', setting]), '-qq', '--assume-yes', '--no-install-recommends'];
  const install = ['install', '?essential', ...names];
  const chosen = [...runApt([...words, '--simulate', ...install]).matchAll(/^Inst (\S+) \((\S+) .*\[(\S+)\]\)/gm)].map(
    ([, name = '', version = '', architecture = '']) =>
      `${name.replace(/:.*/, '')}_${version.replaceAll(':', '%3a')}_${architecture}.deb`,
  );
  for (const name of chosen) {
    const known = join(cache, 'apt/debian', name);
    if (!existsSync(join(directory, name)) && existsSync(known)) linkSync(known, join(directory, name));
  }
  runApt([...words, '--download-only', ...install]);
  return chosen.map((name) => indexPackage(join(directory, name)));
}

/** Builds a package with dpkg-deb. */
export function makePackage(directory: string, made: MadePackage): IndexedPackage {
  const version = made.version ?? '1.0';
  const root = mkdtempSync(join(directory, 'package-'));
  const control = [
    `Package: ${made.name}`,
    `Version: ${version}`,
    'Architecture: all',
    'Maintainer: Test <test@example.org>',
    ...(made.depends === undefined ? [] : [`Depends: ${made.depends}`]),
    'Description: made by a test',
  ];
  for (const [path, content] of Object.entries({ ...made.files, 'DEBIAN/control': `${control.join('\n')}\n` })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode: String(content).startsWith('#!') ? 0o755 : 0o644 });
  }
  const path = join(directory, `${made.name}_${version}_all.deb`);
  execFileSync('chmod', ['755', root]);
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', root, path], { stdio: 'ignore' });
  rmSync(root, { recursive: true });
  return indexPackage(path);
}

/** Publishes a suite below an archive: packages by component, a Release file signed in the clear. */
export function publishSuite(options: {
  readonly archive: string;
  readonly suite: string;
  readonly origin: string;
  readonly key: ArchiveKey;
  readonly components: Readonly<Record<string, readonly IndexedPackage[]>>;
}): void {
  const architecture = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
  const suite = join(options.archive, 'dists', options.suite);
  const pool = join(options.archive, 'pool');
  mkdirSync(pool, { recursive: true });
  const digests: string[] = [];
  for (const [component, packages] of Object.entries(options.components)) {
    for (const { path } of packages) {
      if (!existsSync(join(pool, basename(path)))) linkSync(path, join(pool, basename(path)));
    }
    const index = join(component, `binary-${architecture}`, 'Packages');
    const text = packages.map(({ paragraph }) => `${paragraph}\n\n`).join('');
    mkdirSync(dirname(join(suite, index)), { recursive: true });
    writeFileSync(join(suite, index), text);
    digests.push(` ${digestOf(text)} ${Buffer.byteLength(text)} ${index}`);
  }
  const release = [
    `Origin: ${options.origin}`,
    `Label: ${options.origin}`,
    `Suite: ${options.suite}`,
    `Codename: ${options.suite}`,
    `Date: ${new Date().toUTCString()}`,
    `Architectures: ${architecture}`,
    `Components: ${Object.keys(options.components).join(' ')}`,
    'SHA256:',
    ...digests,
  ];
  writeFileSync(join(suite, 'Release'), `${release.join('\n')}\n`);
  signFile({ key: options.key, how: '--clearsign', path: join(suite, 'Release'), output: join(suite, 'InRelease') });
}

function indexPackage(path: string): IndexedPackage {
  const control = execFileSync('dpkg-deb', ['--field', path], { encoding: 'utf8' }).trimEnd();
  const added = [
    `Filename: pool/${basename(path)}`,
    `Size: ${statSync(path).size}`,
    `SHA256: ${digestOf(readFileSync(path))}`,
  ];
  return { path, paragraph: `${control}\n${added.join('\n')}` };
}

function digestOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function runGpg(key: ArchiveKey, words: readonly string[]): void {
  execFileSync('gpg', ['--homedir', key.home, '--batch', '--quiet', '--pinentry-mode', 'loopback', ...words], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
}

function runApt(words: readonly string[]): string {
  return execFileSync('apt-get', words, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
  });
}
