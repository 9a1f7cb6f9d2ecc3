import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';

/** Hooks that other elements override or order against, by element. */
const documentedHooks: Readonly<Record<string, readonly string[]>> = {
  base: [
    'install.d/00-baseline-environment',
    'install.d/00-up-to-date',
    'install.d/10-cloud-init',
    'pre-install.d/03-baseline-tools',
  ],
  'debian-minimal': ['root.d/75-debian-minimal-baseinstall'],
  debootstrap: [
    'cleanup.d/99-clean-up-cache',
    'install.d/10-debian-networking',
    'install.d/12-debian-locale-gen',
    'install.d/15-cleanup-debootstrap',
    'root.d/08-debootstrap',
  ],
  dpkg: [
    'cleanup.d/40-unblock-daemons',
    'cleanup.d/50-remove-img-build-proxy',
    'cleanup.d/60-untrim-dpkg',
    'finalise.d/99-clean-up-cache',
    'finalise.d/99-write-dpkg-manifest',
    'pre-install.d/00-disable-apt-recommends',
    'pre-install.d/99-apt-get-update',
    'root.d/09-apt-keyring',
    'root.d/50-block-apt-translations',
    'root.d/50-block-daemons',
    'root.d/50-build-with-http-cache',
    'root.d/50-shared-apt-cache',
    'root.d/50-trim-dpkg',
  ],
  sysprep: ['bin/extract-image', 'finalise.d/99-clear-machine-id'],
  modprobe: ['extra-data.d/50-modprobe-blacklist', 'install.d/80-modprobe-blacklist'],
  debian: ['install.d/10-cloud-opinions'],
  ubuntu: [
    'pre-install.d/00-remove-apt-xapian-index',
    'pre-install.d/01-set-ubuntu-mirror',
    'root.d/10-cache-ubuntu-tarball',
  ],
  'ubuntu-common': ['install.d/80-disable-rfc3041', 'post-install.d/99-autoremove'],
  'ubuntu-minimal': ['root.d/75-ubuntu-minimal-baseinstall'],
  'ubuntu-signed': ['post-install.d/90-get-signed-kernel'],
  'apt-conf': ['extra-data.d/99-override-default-apt-conf'],
  'apt-preferences': ['extra-data.d/99-set-apt-package-pins'],
  'apt-sources': ['extra-data.d/99-override-default-apt-sources'],
  baremetal: ['cleanup.d/99-extract-kernel-and-ramdisk'],
  'cleanup-kernel-initrd': ['cleanup.d/99-cleanup-kernel-initrd'],
  'cloud-init': [
    'post-install.d/20-enable-cloud-init',
    'post-install.d/21-cloud-init-allow-password-auth',
    'post-install.d/22-cloud-init-ssh_genkeytypes',
  ],
  'cloud-init-datasources': ['install.d/05-set-cloud-init-sources'],
  'cloud-init-disable-resizefs': [
    'post-install.d/50-cloud-init-disable-resizefs',
    'post-install.d/51-cloud-init-disable-growpart',
  ],
  'cloud-init-growpart': ['post-install.d/55-growpart'],
  'cloud-init-nocloud': ['install.d/05-inject-local-source-data'],
  'select-boot-kernel-initrd': [
    'bin/select-boot-kernel-initrd',
    'cleanup.d/99-remove-dib-img-functions',
    'extra-data.d/99-copy-dib-img-functions',
  ],
  'openssh-server': ['post-install.d/80-enable-sshd-service', 'post-install.d/99-harden-sshd-config'],
  'runtime-ssh-host-keys': ['cleanup.d/90-remove-ssh-host-keys', 'post-install.d/80-ssh-keygen'],
  dkms: ['post-install.d/97-dkms'],
  'stable-interface-names': ['install.d/02-stable-interface-names'],
  docker: ['extra-data.d/01-docker-minimal', 'root.d/08-docker'],
  devuser: ['extra-data.d/50-devuser', 'install.d/50-devuser'],
  'dynamic-login': ['install.d/70-enable-dynamic-login-services'],
  'openstack-ci-mirrors': ['extra-data.d/75-copy-mirror-info', 'root.d/10-apt-disable-gpg'],
};

const elements = [
  ...Object.keys(documentedHooks),
  'debian-systemd',
  'debian-upstart',
  'modprobe-blacklist',
  'no-final-image',
  'posix',
  'ubuntu-systemd-container',
];

test('every documented hook is there and can be run', () => {
  const missing = Object.entries(documentedHooks).flatMap(([element, hooks]) =>
    hooks
      .map((hook) => join(builtinElementsDirectory, element, hook))
      .filter((path) => !existsSync(path) || (statSync(path).mode & 0o111) !== 0o111),
  );
  assert.deepEqual(missing, []);
});

test('environment files are sourced, so they carry no run bit', () => {
  const runnable = elements.flatMap((element) =>
    filesOf(element).filter((path) => path.includes('/environment.d/') && (statSync(path).mode & 0o111) !== 0),
  );
  assert.deepEqual(runnable, []);
});

test('every element explains itself', () => {
  for (const element of elements) {
    const text = readFileSync(join(builtinElementsDirectory, element, 'README.md'), 'utf8');
    assert.equal(text.split('\n')[0], `# ${element}`);
    assert.match(text, /^\*\*In the image:\*\* /m);
  }
});

test('no two of these elements have a hook of the same name in a phase', () => {
  const owners = new Map<string, string[]>();
  for (const element of elements) {
    for (const path of filesOf(element)) {
      const name = path.slice(join(builtinElementsDirectory, element).length + 1);
      if (/^(?!environment)[a-z-]+\.d\/[^/]+$/.test(name)) owners.set(name, [...(owners.get(name) ?? []), element]);
    }
  }
  assert.deepEqual(
    [...owners].filter(([, names]) => names.length > 1),
    [],
  );
});

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

test('every script passes shellcheck', { skip: hasShellcheck ? false : 'shellcheck is not installed' }, () => {
  const scripts = elements
    .flatMap(filesOf)
    .filter((path) => readFileSync(path, 'utf8').startsWith('#!/bin/') || /\.bash$|\/environment\.d\//.test(path));
  const run = spawnSync('shellcheck', ['--shell=bash', ...scripts], { encoding: 'utf8' });
  assert.equal(run.stdout, '');
  assert.equal(run.status, 0);
});

function filesOf(element: string): string[] {
  const directory = join(builtinElementsDirectory, element);
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
