import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';

const library = join(builtinElementsDirectory, 'dpkg/apt-archives/apt-archives.bash');

const debian = { 'etc/os-release': 'PRETTY_NAME="Debian"\nID=debian\n' };

const deb822 = `Types: deb
# a comment inside
URIs: http://archive.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://archive.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

test('each suite of a deb822 paragraph is a source of its own', (context) => {
  const root = makeRoot(context, { ...debian, 'etc/apt/sources.list.d/debian.sources': deb822 });
  assert.deepEqual(readSources(root), [
    'http://archive.example/debian|bookworm|main|/usr/share/keyrings/debian-archive-keyring.gpg|-',
    'http://archive.example/debian|bookworm-updates|main|/usr/share/keyrings/debian-archive-keyring.gpg|-',
    'http://archive.example/debian-security|bookworm-security|main|/usr/share/keyrings/debian-archive-keyring.gpg|-',
  ]);
});

test('fields over several lines are read, disabled and source-only paragraphs are not', (context) => {
  const root = makeRoot(context, {
    'etc/apt/sources.list.d/a.sources':
      'types: deb deb-src\nuris:\n http://one.example/debian/\n http://two.example/debian\nsuites: sid\ncomponents: main\n contrib\narchitectures: amd64 arm64',
    'etc/apt/sources.list.d/b.sources':
      'Enabled: no\nTypes: deb\nURIs: http://no.example\nSuites: sid\nComponents: main\n\nTypes: deb-src\nURIs: http://src.example\nSuites: sid\nComponents: main\n',
  });
  assert.deepEqual(readSources(root), [
    'http://one.example/debian|sid|main contrib|-|amd64 arm64',
    'http://two.example/debian|sid|main contrib|-|amd64 arm64',
  ]);
});

test('one-line sources are read with their options, comments and other kinds are not', (context) => {
  const root = makeRoot(context, {
    'etc/apt/sources.list':
      '# deb http://old.example x main\ndeb [ arch=amd64,i386 signed-by=/k.gpg ] https://a.example/debian bookworm main contrib # here\ndeb-src http://a.example bookworm main\ndeb cdrom:[disk]/ bookworm main\ndeb file:/srv/repo ./\n',
    'etc/apt/sources.list.d/last.list': 'deb\thttp://b.example/debian\tsid main',
  });
  assert.deepEqual(readSources(root), [
    'https://a.example/debian|bookworm|main contrib|/k.gpg|amd64 i386',
    'http://b.example/debian|sid|main|-|-',
  ]);
});

test('a list of mirrors in a file gives its first address', (context) => {
  const root = makeRoot(context, {
    ...debian,
    'etc/apt/mirrors/debian.list': '# choose\nhttps://cdn.example/debian/ priority:1\nhttps://other.example/debian\n',
    'etc/apt/sources.list.d/debian.sources':
      'Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian.list\nSuites: trixie trixie-updates\nComponents: main\n',
  });
  assert.equal(findArchive('main', root), 'https://cdn.example/debian');
});

test('the archive of the distribution is told from a third party with the same suite names', (context) => {
  const root = makeRoot(context, {
    ...debian,
    'etc/apt/sources.list.d/00-tool.list':
      'deb [signed-by=/usr/share/keyrings/tool-archive-keyring.gpg] https://apt.tool.example bookworm main\n',
    'etc/apt/sources.list.d/debian.sources': deb822,
  });
  assert.equal(findArchive('main', root), 'http://archive.example/debian');
  assert.equal(findArchive('security', root), 'http://archive.example/debian-security');
});

test('another distribution, another architecture and a host without an archive give no address', (context) => {
  const ubuntu = makeRoot(context, {
    'etc/os-release': 'ID=ubuntu\n',
    'etc/apt/sources.list.d/debian.sources': deb822,
  });
  assert.equal(findArchive('main', ubuntu), '');
  const limited = makeRoot(context, {
    ...debian,
    'etc/apt/sources.list': 'deb [arch=amd64] http://archive.example/debian bookworm main\n',
  });
  assert.equal(findArchive('main', limited, 'amd64'), 'http://archive.example/debian');
  assert.equal(findArchive('main', limited, 'arm64'), '');
  assert.equal(findArchive('main', makeRoot(context, {})), '');
});

const image = { DISTRO_NAME: 'debian', DIB_DISTRIBUTION_MIRROR: 'http://m.example/debian/' };

test('a stable release gets its updates and security', () => {
  assert.deepEqual(imageSources({ ...image, DIB_RELEASE: 'trixie', DIB_DEBIAN_COMPONENTS: 'main,contrib' }), [
    'default:deb http://m.example/debian trixie main contrib',
    'updates:deb http://m.example/debian trixie-updates main contrib',
    'security:deb http://m.example/debian-security trixie-security main contrib',
  ]);
});

test('testing, unstable and sid have one source', () => {
  for (const release of ['testing', 'unstable', 'sid'])
    assert.deepEqual(imageSources({ ...image, DIB_RELEASE: release }), [
      `default:deb http://m.example/debian ${release} main`,
    ]);
});

test('the security suite of Debian 10 has its old name, and its mirror and subpath can be chosen', () => {
  const sources = imageSources({
    ...image,
    DIB_RELEASE: 'buster',
    DIB_DEBIAN_SECURITY_MIRROR: 'http://s.example',
    DIB_DEBIAN_SECURITY_SUBPATH: '/x',
  });
  assert.equal(sources[2], 'security:deb http://s.example buster/updates/x main');
});

test('sources of the caller replace the derived ones, without blank lines', () => {
  assert.deepEqual(
    imageSources({ ...image, DIB_RELEASE: 'sid', DIB_APT_SOURCES_CONF: '\nown:deb http://o.example sid main  \n\n' }),
    ['own:deb http://o.example sid main'],
  );
});

test('derived sources follow a release that was chosen late, and keep what an element appended', () => {
  const derived = 'default:deb http://m.example/debian stable main';
  assert.deepEqual(
    imageSources({
      ...image,
      DIB_RELEASE: 'sid',
      DIB_APT_SOURCES_CONF: `${derived}\nextra:deb http://e.example ./`,
      DIB_APT_SOURCES_CONF_DERIVED: derived,
    }),
    ['default:deb http://m.example/debian sid main', 'extra:deb http://e.example ./'],
  );
});

test('Ubuntu gets its pockets from one mirror', () => {
  assert.deepEqual(
    imageSources({
      DISTRO_NAME: 'ubuntu',
      DIB_RELEASE: 'noble',
      DIB_DISTRIBUTION_MIRROR: 'http://m.example/ubuntu',
      DIB_DEBIAN_COMPONENTS: 'main,universe',
      DIB_UBUNTU_MIRROR_DISTS: 'updates,security',
    }),
    [
      'default:deb http://m.example/ubuntu noble main universe',
      'updates:deb http://m.example/ubuntu noble-updates main universe',
      'security:deb http://m.example/ubuntu noble-security main universe',
    ],
  );
});

test('without a mirror there are no sources', () => {
  assert.deepEqual(imageSources({ DISTRO_NAME: 'debian', DIB_RELEASE: 'trixie' }), []);
});

function makeRoot(context: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'apt-archives-'));
  context.after(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

function runLibrary(script: string, words: readonly string[], environment: Readonly<Record<string, string>>): string {
  return execFileSync('bash', ['--norc', '-c', `set -eu -o pipefail; source "$0"; ${script}`, library, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', ...environment },
  });
}

function readSources(root: string): string[] {
  return runLibrary('read_apt_sources "$1"', [root], {}).replaceAll('\t', '|').split('\n').filter(Boolean);
}

function findArchive(kind: 'main' | 'security', root: string, architecture = 'amd64'): string {
  const name = kind === 'main' ? 'find_distribution_archive' : 'find_security_archive';
  return runLibrary(`${name} debian "$1" "$2"`, [root, architecture], {});
}

function imageSources(environment: Readonly<Record<string, string>>): string[] {
  return runLibrary('print_image_sources', [], environment).split('\n').filter(Boolean);
}
