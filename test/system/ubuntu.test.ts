import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { type FileServer, serveDirectory } from '../helpers/file-server.js';
import {
  type ArchiveKey,
  downloadPackages,
  forgetKey,
  makeKey,
  makePackage,
  publishSuite,
  signFile,
  whyNoArchive,
} from '../helpers/made-archive.js';
import { buildSystemImage, whyNoSystemBuild } from '../helpers/system-build.js';

// Ubuntu's archives cannot be relied on here, so this test serves one: packages of this machine's Debian under Ubuntu's
// suites and components, with packages made for the test where Ubuntu's names differ, signed with the test's own key.

const skip =
  whyNoSystemBuild() ||
  whyNoArchive() ||
  (spawnSync('which', ['mksquashfs']).status === 0 ? false : 'mksquashfs is not installed');
const directory = mkdtempSync(join(tmpdir(), 'dib-ubuntu-'));
const served = join(directory, 'served');
const cloudDirectory = join(served, 'noble/current');
const imageName = 'noble-server-cloudimg-amd64.squashfs';

let server: FileServer;
let key: ArchiveKey;
let otherKey: ArchiveKey;
let container: string;

before(async () => {
  if (skip !== false) return;
  for (const path of [served, cloudDirectory]) mkdirSync(path, { recursive: true });
  key = makeKey(directory, 'archive');
  otherKey = makeKey(directory, 'other');
  publishUbuntu();
  server = await serveDirectory(served);
});

after(() => {
  if (skip === false) {
    server.close();
    forgetKey(key);
    forgetKey(otherKey);
  }
  rmSync(directory, { recursive: true, force: true });
});

/** The suite and its pockets. A later pocket has a newer `pocket-sample`, and `only-universe` is in no other component. */
function publishUbuntu(): void {
  const base = ['apt', 'tzdata', 'systemd-sysv', 'busybox', 'sudo', 'python3', 'adduser', 'ca-certificates', 'locales'];
  const main = downloadPackages([...base, 'lsb-release', 'initramfs-tools', 'grub-pc', 'linux-image-amd64', 'curl']);
  const made = join(directory, 'made');
  mkdirSync(made);
  const make = (name: string, depends?: string, files: Readonly<Record<string, string | Buffer>> = {}) =>
    makePackage(made, { name, files, ...(depends === undefined ? {} : { depends }) });
  const kernelName = main.find(({ path }) => /linux-image-\d/.test(path))?.paragraph.match(/^Package: (.*)$/m)?.[1];
  const components = {
    main: [
      ...main,
      make('linux-image-generic', kernelName),
      make('ubuntu-minimal', 'sudo, pocket-sample'),
      make('pocket-sample'),
      make('dkms', undefined, { 'usr/sbin/dkms': '#!/bin/sh\nexit 0\n' }),
    ],
    universe: [make('only-universe', undefined, { 'usr/share/only-universe': 'universe\n' })],
  };
  const newer = makePackage(made, { name: 'pocket-sample', version: '1.1' });
  const fixed = makePackage(made, { name: 'pocket-sample', version: '1.2' });
  const publish = (suite: string, packages: Readonly<Record<string, typeof main>>) =>
    publishSuite({ archive: join(served, 'ubuntu'), suite, origin: 'Ubuntu', key, components: packages });
  publish('noble', components);
  publish('noble-updates', { main: [newer], universe: [] });
  publish('noble-security', { main: [fixed], universe: [] });
  publish('noble-backports', { main: [], universe: [] });
}

function environment(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    DIB_RELEASE: 'noble',
    DIB_DISTRIBUTION_MIRROR: `${server.url}/ubuntu`,
    DIB_APT_KEYRING: key.keyringPath,
    no_proxy: '127.0.0.1',
    // The archive differs from run to run: its packages are not for the cache that runs share.
    DIB_IMAGE_CACHE: join(directory, 'cache'),
    ELEMENTS_PATH: join(packageDirectory, 'test/fixtures/elements/system'),
    ...more,
  };
}

/** What a build that must fail says. */
function failToBuild(words: readonly string[], more: Readonly<Record<string, string>>): string {
  const { status, stdout, stderr } = spawnSync(
    join(packageDirectory, 'bin/disk-image-create'),
    ['-o', join(directory, 'fails'), '-n', '-t', 'tar', ...words],
    { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: directory, ...environment(more) }, maxBuffer: 1 << 27 },
  );
  assert.notEqual(status, 0, stdout.slice(-2000));
  return stdout + stderr;
}

function readFromTar(path: string, name: string): string {
  return execFileSync('tar', ['-x', '-O', '-f', `${path}.tar`, `./${name}`], { encoding: 'utf8' });
}

function listTar(path: string): readonly string[] {
  return execFileSync('tar', ['-t', '-f', `${path}.tar`], { encoding: 'utf8', maxBuffer: 1 << 27 }).split('\n');
}

function installedVersions(path: string): ReadonlyMap<string, string> {
  const paragraphs = readFromTar(path, 'var/lib/dpkg/status').split('\n\n');
  return new Map(
    paragraphs
      .filter((text) => text.includes('\nStatus: install ok installed'))
      .map((text) => [/^Package: (.*)$/m.exec(text)?.[1] ?? '', /^Version: (.*)$/m.exec(text)?.[1] ?? '']),
  );
}

test('ubuntu-minimal with a boot loader comes from the pockets and components of the archive', { skip }, () => {
  const path = buildSystemImage({
    directory,
    name: 'minimal',
    words: ['-n', '-t', 'tar,qcow2', '-p', 'ubuntu-minimal,only-universe', 'vm', 'ubuntu-minimal'],
    environment: environment(),
  });
  const mirror = `${server.url}/ubuntu`;
  assert.equal(
    readFromTar(path, 'etc/apt/sources.list'),
    `deb ${mirror} noble main universe
deb ${mirror} noble-updates main universe
deb ${mirror} noble-security main universe
deb ${mirror} noble-backports main universe
`,
  );
  const versions = installedVersions(path);
  assert.deepEqual(
    ['pocket-sample', 'only-universe', 'ubuntu-minimal', 'linux-image-generic'].map((name) => versions.get(name)),
    ['1.2', '1.0', '1.0', '1.0'],
  );
  for (const name of ['initramfs-tools', 'grub-pc', 'systemd-sysv', 'busybox', 'sudo', 'python3'])
    assert.ok(versions.has(name), name);
  const names = listTar(path);
  for (const pattern of [/^\.\/boot\/vmlinuz-/, /^\.\/boot\/initrd\.img-/, /^\.\/boot\/grub\/grub\.cfg$/])
    assert.ok(
      names.some((name) => pattern.test(name)),
      String(pattern),
    );
  assert.deepEqual(
    names.filter((name) => /^\.\/var\/lib\/apt\/lists\/.*Packages/.test(name)),
    [],
  );
  assert.equal(readFromTar(path, 'etc/hostname'), 'ubuntu\n');
  assert.equal(
    readFromTar(path, 'etc/sysctl.d/99-cloudimg-ipv6.conf'),
    'net.ipv6.conf.all.use_tempaddr = 0\nnet.ipv6.conf.default.use_tempaddr = 0\n',
  );
  assert.ok(names.includes('./etc/apt/trusted.gpg.d/dib-archive-keyring.gpg'));
});

test('ubuntu-systemd-container has an init system, and neither kernel nor boot loader', { skip }, () => {
  container = buildSystemImage({
    directory,
    name: 'container',
    words: ['-n', '-t', 'tar', 'ubuntu-systemd-container'],
    environment: environment(),
  });
  const versions = installedVersions(container);
  assert.ok(versions.has('systemd-sysv') && versions.has('sudo') && versions.has('python3'));
  assert.deepEqual(
    [...versions.keys()].filter((name) => /^(linux-image|grub|initramfs|busybox)/.test(name)),
    [],
  );
  assert.deepEqual(
    listTar(container).filter((name) => /^\.\/boot\/./.test(name)),
    [],
  );
});

test('an archive that another key signed, and an image whose digest or signature is wrong, end the build', {
  skip,
}, () => {
  const wrongKey = failToBuild(['ubuntu-systemd-container'], { DIB_APT_KEYRING: otherKey.keyringPath });
  assert.match(wrongKey, /NO_PUBKEY|not signed/);

  writeFileSync(join(cloudDirectory, imageName), 'no image');
  writeFileSync(join(cloudDirectory, 'SHA256SUMS'), `${'0'.repeat(64)} *${imageName}\n`);
  const cloud = { DIB_CLOUD_IMAGES: `${server.url}/noble/current` };
  assert.match(
    failToBuild(['ubuntu'], cloud),
    new RegExp(`${server.url}/noble/current/${imageName} does not have the checksum in \\S+/SHA256SUMS\n`),
  );
  signSums(otherKey);
  assert.match(
    failToBuild(['ubuntu'], { ...cloud, DIB_CLOUD_IMAGES_KEYRING: key.keyringPath }),
    /SHA256SUMS is not signed by a key of \S+archive\.gpg\n/,
  );
});

test('ubuntu takes the cloud image, checks its signature and digest, and turns to the mirror', { skip }, () => {
  makeCloudImage();
  const path = buildSystemImage({
    directory,
    name: 'cloud',
    words: ['-n', '-t', 'tar', '-p', 'only-universe', 'ubuntu-signed'],
    environment: environment({
      DIB_CLOUD_IMAGES: `${server.url}/noble/current`,
      DIB_CLOUD_IMAGES_KEYRING: key.keyringPath,
      DIB_CLOUD_INIT_DATASOURCES: 'Ec2,NoCloud',
      SIGNED_BY: '/etc/apt/trusted.gpg.d/dib-archive-keyring.gpg',
    }),
  });
  assert.equal(
    readFromTar(path, 'etc/apt/sources.list.d/ubuntu.sources'),
    `Types: deb
URIs: ${server.url}/ubuntu
Suites: noble noble-updates noble-backports
Components: main universe
Signed-By: /etc/apt/trusted.gpg.d/dib-archive-keyring.gpg

Types: deb
URIs: ${server.url}/ubuntu
Suites: noble-security
Components: main universe
Signed-By: /etc/apt/trusted.gpg.d/dib-archive-keyring.gpg
`,
  );
  const versions = installedVersions(path);
  for (const name of ['linux-image-generic', 'dkms', 'only-universe', 'systemd-sysv'])
    assert.ok(versions.has(name), name);
  assert.equal(readFromTar(path, 'etc/image-of'), 'the vendor\n');
  assert.equal(
    readFromTar(path, 'etc/cloud/cloud.cfg.d/91-dib-cloud-init-datasources.cfg'),
    'datasource_list: [ Ec2, NoCloud, None ]\n',
  );
  assert.ok(!listTar(path).includes('./dib-signed-kernel-version'), 'the kernel of noble is signed in place');
});

/** What the vendor publishes: the root of a container with cloud-init's directory and deb822 sources. */
function makeCloudImage(): void {
  const root = join(directory, 'vendor-root');
  mkdirSync(root);
  execFileSync('tar', ['-x', '-p', '--numeric-owner', '-f', `${container}.tar`, '-C', root]);
  for (const path of ['etc/cloud/cloud.cfg.d', 'etc/apt/sources.list.d'])
    mkdirSync(join(root, path), { recursive: true });
  rmSync(join(root, 'etc/apt/sources.list'));
  rmSync(join(root, 'etc/sysctl.d/99-cloudimg-ipv6.conf'));
  writeFileSync(join(root, 'etc/image-of'), 'the vendor\n');
  const paragraph = (host: string, suites: string): string =>
    `Types: deb\nURIs: http://${host}.ubuntu.com/ubuntu/\nSuites: ${suites}\nComponents: main universe\nSigned-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg\n`;
  writeFileSync(
    join(root, 'etc/apt/sources.list.d/ubuntu.sources'),
    `${paragraph('archive', 'noble noble-updates noble-backports')}\n${paragraph('security', 'noble-security')}`,
  );
  const image = join(cloudDirectory, imageName);
  rmSync(image, { force: true });
  execFileSync('mksquashfs', [root, image, '-comp', 'lzo', '-Xalgorithm', 'lzo1x_1', '-quiet', '-no-progress']);
  const digest = createHash('sha256').update(readFileSync(image)).digest('hex');
  writeFileSync(join(cloudDirectory, 'SHA256SUMS'), `${digest} *${imageName}\n${'0'.repeat(64)} *other\n`);
  signSums(key);
}

function signSums(by: ArchiveKey): void {
  const path = join(cloudDirectory, 'SHA256SUMS');
  signFile({ key: by, how: '--detach-sign', path, output: `${path}.gpg` });
}
