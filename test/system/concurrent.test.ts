import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { serveDirectory } from '../helpers/file-server.js';
import {
  downloadPackages,
  forgetKey,
  type IndexedPackage,
  makeKey,
  makePackage,
  publishSuite,
  whyNoArchive,
} from '../helpers/made-archive.js';
import { whyNoSystemBuild } from '../helpers/system-build.js';

const skip = whyNoSystemBuild() || whyNoArchive();
const directory = mkdtempSync(join(tmpdir(), 'dib-concurrent-'));
const served = join(directory, 'served');
const cache = join(directory, 'cache');
after(() => rmSync(directory, { recursive: true, force: true }));

const buildCount = 8;
const roundCount = 3;
// Releases whose /usr the bootstrap merges by itself.
const releases = ['jammy', 'focal'] as const;

test('eight builds at once of two releases share every cache, three rounds', { skip }, async (t) => {
  mkdirSync(served);
  const key = makeKey(directory, 'archive');
  t.after(() => forgetKey(key));
  const packages = publishReleases(key);
  makeIndex();
  writeFileSync(join(served, 'plain-file'), 'fetched\n');
  const commit = makeRepository();
  const server = await serveDirectory(served);
  t.after(() => server.close());
  const environment = {
    DIB_IMAGE_CACHE: cache,
    DIB_DISTRIBUTION_MIRROR: `${server.url}/ubuntu`,
    DIB_APT_KEYRING: key.keyringPath,
    DIB_PYPI_MIRROR_URL: `${server.url}/simple/`,
    DIB_NO_PYPI_PIP: '1',
    // All that is real comes in one transaction, which builds with layers share.
    DIB_DEBOOTSTRAP_INCLUDE: 'python3-pip python3-setuptools python3-wheel',
    DIB_DEBOOTSTRAP_RECOMMENDS: '0',
    CONCURRENT_SERVER: server.url,
    CONCURRENT_REPOSITORY: `file://${join(directory, 'repository')}`,
    ELEMENTS_PATH: join(directory, 'elements'),
    no_proxy: '127.0.0.1',
  };
  let fetchedBefore = 0;
  for (let round = 1; round <= roundCount; round += 1) {
    writeElement(round);
    const results = await Promise.all(
      Array.from({ length: buildCount }, (_, index) =>
        build(index, {
          ...environment,
          DIB_RELEASE: releases[index % releases.length] ?? '',
          DIB_CONCURRENT_INDEX: String(index),
          // In the first round one keeps no layers; all share the caches of packages, pip, git and files.
          DIB_CACHE_MODE: round === 1 && index === 0 ? 'off' : 'on',
        }),
      ),
    );
    for (const [index, result] of results.entries()) {
      assert.equal(result.status, 0, `round ${round}, build ${index}:\n${result.said.slice(-4000)}`);
      checkImage(index, round, commit);
    }
    const fetched = server.requests().filter((path) => path.endsWith('.tar.gz')).length;
    if (round === 1) assert.ok(fetched >= 1 && fetched <= buildCount, String(fetched));
    else assert.equal(fetched, fetchedBefore, 'pip downloads nothing once the cache is filled');
    fetchedBefore = fetched;
  }
  checkCaches(packages);
});

function build(
  index: number,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly said: string }> {
  const words = ['-n', '-t', 'tar', '-o', join(directory, `image-${index}`)];
  const child = spawn(
    join(packageDirectory, 'bin/disk-image-create'),
    [...words, 'ubuntu-systemd-container', 'concurrent-check'],
    {
      cwd: directory,
      env: { PATH: process.env.PATH, HOME: directory, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, said })));
}

/** Packages of this machine's Debian as two releases of Ubuntu, and one package for each build. */
function publishReleases(key: ReturnType<typeof makeKey>): readonly IndexedPackage[] {
  const real = downloadPackages(['apt', 'adduser', 'python3-pip', 'python3-setuptools', 'python3-wheel']);
  const made = join(directory, 'made');
  mkdirSync(made);
  // What elements ask for and no hook of this build uses is made, so that installing it costs nothing.
  const idle = ['tzdata', 'locales', 'curl', 'git', 'ca-certificates', 'lsb-release', 'usrmerge'];
  const names = [...idle, ...Array.from({ length: buildCount }, (_, index) => `extra-${index}`)];
  const packages = [...real, ...names.map((name) => makePackage(made, { name, version: '9999' }))];
  for (const release of releases) {
    for (const pocket of ['', '-updates', '-security', '-backports'])
      publishSuite({
        archive: join(served, 'ubuntu'),
        suite: `${release}${pocket}`,
        origin: 'Ubuntu',
        key,
        components: { main: pocket === '' ? packages : [], universe: [] },
      });
  }
  return packages;
}

/** An index of Python packages with one that pip has to build. */
function makeIndex(): void {
  const index = join(served, 'simple/sample');
  mkdirSync(join(index, 'sample-1.0/sample'), { recursive: true });
  writeFileSync(join(index, 'sample-1.0/sample/__init__.py'), `text = "${'x'.repeat(300_000)}"\n`);
  writeFileSync(
    join(index, 'sample-1.0/setup.py'),
    'from setuptools import setup\nsetup(name="sample", version="1.0", packages=["sample"])\n',
  );
  writeFileSync(join(index, 'sample-1.0/PKG-INFO'), 'Metadata-Version: 1.0\nName: sample\nVersion: 1.0\n');
  execFileSync('tar', ['-czf', 'sample-1.0.tar.gz', 'sample-1.0'], { cwd: index });
  rmSync(join(index, 'sample-1.0'), { recursive: true });
}

function makeRepository(): string {
  const repository = join(directory, 'repository');
  mkdirSync(repository);
  writeFileSync(join(repository, 'file'), 'cloned\n');
  const git = (...words: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...words], {
      cwd: repository,
      encoding: 'utf8',
    }).trim();
  git('init', '-q', '-b', 'main');
  git('add', 'file');
  git('commit', '-q', '-m', 'first');
  return git('rev-parse', 'HEAD');
}

/** The element of a round: its hook is another one each time, so that pip runs again in all of them. */
function writeElement(round: number): void {
  const write = (path: string, text: string): void => {
    mkdirSync(join(directory, 'elements/concurrent-check', path, '..'), { recursive: true });
    writeFileSync(join(directory, 'elements/concurrent-check', path), text, {
      mode: text.startsWith('#!') ? 0o755 : 0o644,
    });
  };
  write('element-deps', 'package-installs\npip-cache\npypi\nsource-repositories\n');
  write('source-repository-clone', 'clone git /opt/clone $CONCURRENT_REPOSITORY\n');
  write('source-repository-plain', 'plain file /opt/plain $CONCURRENT_SERVER/plain-file\n');
  write(
    'install.d/60-concurrent-check',
    `#!/bin/bash
set -eu -o pipefail
install-packages "extra-$DIB_CONCURRENT_INDEX"
PIP_BREAK_SYSTEM_PACKAGES=1 python3 -m pip install --no-build-isolation --target /opt/sample sample
PYTHONPATH=/opt/sample python3 -c 'import sample; print(len(sample.text))' > /opt/length
echo ${round} > /opt/round
`,
  );
}

function checkImage(index: number, round: number, commit: string): void {
  const image = join(directory, `image-${index}.tar`);
  const names = ['opt/length', 'opt/round', 'opt/clone/file', 'opt/plain', 'etc/apt/sources.list'];
  const text = execFileSync('tar', ['-x', '-O', '-f', image, ...names.map((name) => `./${name}`)], {
    encoding: 'utf8',
  });
  assert.deepEqual(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('deb '))
      .sort(),
    ['300000', String(round), 'cloned', 'fetched'].sort(),
  );
  assert.match(text, new RegExp(`^deb \\S+ ${releases[index % releases.length]} main universe$`, 'm'));
  const status = execFileSync('tar', ['-x', '-O', '-f', image, './var/lib/dpkg/status'], { encoding: 'utf8' });
  assert.deepEqual(status.match(/^Package: extra-.*$/gm), [`Package: extra-${index}`]);
  const record = readFileSync(
    join(directory, `image-${index}.d/dib-manifests/dib-manifest-git-image-${index}`),
    'utf8',
  );
  assert.ok(record.includes(commit), record);
}

/** Nothing in the shared caches is damaged or left over. */
function checkCaches(packages: readonly IndexedPackage[]): void {
  const digests = new Set(packages.map(({ paragraph }) => /^SHA256: (.*)$/m.exec(paragraph)?.[1]));
  const pool = join(cache, 'apt/ubuntu');
  const debs = readdirSync(pool);
  assert.ok(debs.length > 50, String(debs.length));
  for (const name of debs) {
    const digest = createHash('sha256').update(readFileSync(join(pool, name)));
    assert.ok(digests.has(digest.digest('hex')), name);
  }
  let wheelCount = 0;
  for (const release of releases) {
    const wheels = join(cache, `pip-store/wheels/ubuntu-${release}-amd64`);
    assert.deepEqual([readdirSync(join(wheels, 'leases')), readdirSync(join(wheels, 'upper'))], [[], []]);
    const found = execFileSync('find', [join(wheels, 'layers'), '-name', '*.whl'], { encoding: 'utf8' });
    for (const wheel of found.trim().split('\n')) {
      wheelCount += 1;
      assert.equal(spawnSync('python3', ['-m', 'zipfile', '-t', wheel]).status, 0, wheel);
    }
  }
  assert.ok(wheelCount >= releases.length, String(wheelCount));
  const repositories = readdirSync(join(cache, 'source-repositories')).filter((name) => name.endsWith('.git'));
  assert.equal(repositories.length, 1);
  for (const name of repositories)
    assert.equal(spawnSync('git', ['-C', join(cache, 'source-repositories', name), 'fsck', '--full']).status, 0, name);
  const verified = spawnSync(join(packageDirectory, 'bin/dib'), ['layers', 'verify'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: directory, DIB_IMAGE_CACHE: cache },
  });
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
}
