import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FileServer, serveDirectory } from '../helpers/file-server.js';
import { forgetKey, makeKey, signFile } from '../helpers/made-archive.js';
import { type Environment, openTarget, type RunResult, whyNoTarget } from './target-fixture.js';

const missing = ['curl', 'gpg', 'gpgv', 'mksquashfs'].find((name) => spawnSync('which', [name]).status !== 0);
const skip = whyNoTarget || (missing === undefined ? false : `${missing} is not installed`);
const squashfs = 'noble-server-cloudimg-amd64.squashfs';

test('the published squashfs image becomes the tree, once its digest was right', { skip }, async (t) => {
  const { directory, server } = await publish(t);
  const cache = join(directory, 'cache');
  const result = fill(t, { DIB_CLOUD_IMAGES: server.url, DIB_IMAGE_CACHE: cache });
  assert.deepEqual([result.status, result.stderr], [0, '']);
  assert.match(result.stdout, /SHA256SUMS is not checked: .*\n/);
  assert.match(result.stdout, /\nin the tree: vendor 0:0 755\n$/);
  assert.deepEqual(server.requests(), ['/SHA256SUMS', `/${squashfs}`]);
  const offline = fill(t, { DIB_CLOUD_IMAGES: server.url, DIB_IMAGE_CACHE: cache, DIB_OFFLINE: '1' });
  assert.match(offline.stdout, /^Offline \(DIB_OFFLINE\): .* is used as it is\n[\s\S]*in the tree: vendor/);
  assert.equal(server.requests().length, 2);
});

test('a root tarball does as well, from an address and from a local file', { skip }, async (t) => {
  const { directory, server } = await publish(t);
  execFileSync('tar', ['-czf', join(directory, 'served/root.tar.gz'), '-C', join(directory, 'root'), '.']);
  sumOf(directory, 'root.tar.gz');
  const environment = { BASE_IMAGE_FILE: 'root.tar.gz', DIB_IMAGE_CACHE: join(directory, 'cache') };
  const fetched = fill(t, { ...environment, DIB_CLOUD_IMAGES: server.url });
  assert.match(fetched.stdout, /\nin the tree: vendor 0:0 755\n$/);
  const local = fill(t, { ...environment, DIB_LOCAL_IMAGE: join(directory, 'served/root.tar.gz') });
  assert.equal(local.stdout, 'in the tree: vendor 0:0 755\n');
  const absent = fill(t, { ...environment, DIB_LOCAL_IMAGE: '/no/image' });
  assert.deepEqual([absent.status, absent.stderr], [1, 'DIB_LOCAL_IMAGE=/no/image is not a file\n']);
});

test('a damaged copy in the cache is fetched again, a wrong digest at the server ends the build', {
  skip,
}, async (t) => {
  const { directory, server } = await publish(t);
  const environment = { DIB_CLOUD_IMAGES: server.url, DIB_IMAGE_CACHE: join(directory, 'cache') };
  mkdirSync(join(directory, 'cache'));
  writeFileSync(join(directory, 'cache', squashfs), 'damaged');
  const mended = fill(t, environment);
  assert.equal(mended.status, 0, mended.stderr);
  assert.match(
    mended.stdout,
    /\nThe checksum does not match: both files are fetched again\n[\s\S]*in the tree: vendor/,
  );
  writeFileSync(join(directory, 'served/SHA256SUMS'), `${'0'.repeat(64)} *${squashfs}\n`);
  // HTTP tells times by the second.
  const later = new Date(Date.now() + 10_000);
  utimesSync(join(directory, 'served/SHA256SUMS'), later, later);
  const wrong = fill(t, environment);
  assert.deepEqual(
    [wrong.status, wrong.stderr],
    [1, `${server.url}/${squashfs} does not have the checksum in ${server.url}/SHA256SUMS\n`],
  );
});

test('the signature of the checksums is checked with the keyring that is named', { skip }, async (t) => {
  const { directory, server } = await publish(t);
  const keys = { right: makeKey(directory, 'right'), wrong: makeKey(directory, 'wrong') };
  t.after(() => Object.values(keys).map(forgetKey));
  const environment = {
    DIB_CLOUD_IMAGES: server.url,
    DIB_IMAGE_CACHE: join(directory, 'cache'),
    DIB_CLOUD_IMAGES_KEYRING: keys.right.keyringPath,
  };
  const path = join(directory, 'served/SHA256SUMS');
  const unsigned = fill(t, environment);
  assert.equal(unsigned.status, 44);
  signFile({ key: keys.wrong, how: '--detach-sign', path, output: `${path}.gpg` });
  const wrong = fill(t, environment);
  assert.equal(wrong.status, 1);
  assert.match(
    wrong.stderr,
    new RegExp(`\n${server.url}/SHA256SUMS is not signed by a key of ${keys.right.keyringPath}\n$`),
  );
  signFile({ key: keys.right, how: '--detach-sign', path, output: `${path}.gpg` });
  const right = fill(t, environment);
  assert.equal(right.status, 0, right.stderr);
  assert.match(right.stdout, /in the tree: vendor/);
  const gone = fill(t, { ...environment, DIB_CLOUD_IMAGES_KEYRING: '/no/keyring' });
  assert.deepEqual([gone.status, gone.stderr], [1, 'DIB_CLOUD_IMAGES_KEYRING=/no/keyring cannot be read\n']);
});

test('offline without a cached image says what is missing', { skip }, (t) => {
  const cache = temporaryDirectory(t);
  const result = fill(t, { DIB_IMAGE_CACHE: cache, DIB_OFFLINE: '1' });
  assert.deepEqual(
    [result.status, result.stderr],
    [1, `offline (DIB_OFFLINE), and the image is not cached: no ${cache}/${squashfs}\n`],
  );
});

const whyNoLoop =
  process.getuid?.() === 0 && existsSync('/dev/loop0') && spawnSync('which', ['qemu-img', 'sfdisk']).status === 0
    ? false
    : 'no loop device, or no qemu-img';

test('a disk image is unpacked from the partition that has its root', { skip: skip || whyNoLoop }, async (t) => {
  const { directory } = await publish(t);
  const raw = join(directory, 'disk.raw');
  // The root in the second partition, from 2 MiB on; the first has nothing.
  execFileSync('truncate', ['-s', '24M', raw]);
  execFileSync('sfdisk', ['--quiet', raw], {
    input: 'label: gpt\nstart=2048, size=2048\nstart=4096, size=40960\n',
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const root = join(directory, 'root');
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', root, '-E', `offset=${4096 * 512}`, raw, '20M'], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const image = join(directory, 'noble.img');
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, image]);
  const result = fill(t, { DIB_LOCAL_IMAGE: image, DIB_IMAGE_CACHE: join(directory, 'cache') });
  assert.equal(result.status, 0, result.stdout + result.stderr);
  assert.match(result.stdout, /(^|\n)in the tree: vendor 0:0 755\n$/);
});

test('the root of a container image becomes the tree, by the docker program', { skip }, (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'root/dev'), { recursive: true });
  writeFileSync(join(directory, 'root/file'), 'from the container\n');
  writeFileSync(join(directory, 'root/dev/console'), '');
  writeFileSync(
    join(directory, 'docker'),
    `#!/bin/bash\necho "$*" >> ${directory}/asked\ncase $1 in create) echo id7;; export) tar -C ${directory}/root -c .;; esac\n`,
    { mode: 0o755 },
  );
  const run = (environment: Environment): RunResult =>
    openTarget(t, { builtin: ['docker'] }).onHost(
      `PATH=${directory}:$PATH; mkdir "$work/tree"; TARGET_ROOT=$work/tree "$staging/root.d/08-docker"
      cd "$work/tree"; find . -type f`,
      environment,
    );
  const result = run({});
  assert.deepEqual([result.status, result.stdout, result.stderr], [0, './file\n', '']);
  assert.equal(
    readFileSync(join(directory, 'asked'), 'utf8'),
    'create --platform linux/amd64 debian:bookworm /bin/sh\nexport id7\nrm -f id7\n',
  );
  rmSync(join(directory, 'asked'));
  assert.equal(run({ DIB_OFFLINE: '1', DIB_DOCKER_IMAGE: 'registry.example/os:1', ARCH: 'armhf' }).status, 0);
  assert.match(
    readFileSync(join(directory, 'asked'), 'utf8'),
    /^create --platform linux\/arm\/v7 --pull never registry\.example\/os:1 \/bin\/sh\n/,
  );
});

/** Runs the hook that fills the tree, and says what came. */
function fill(t: TestContext, environment: Environment): RunResult {
  const target = openTarget(t, { builtin: ['cache-url', 'sysprep', 'ubuntu'] });
  return target.onHost(
    `set -o pipefail; mkdir "$work/tree" "$work/build"
    export TARGET_ROOT=$work/tree TMP_BUILD_DIR=$work/build DIB_LOCKFILES=$work/locks
    "$staging/root.d/10-cache-ubuntu-tarball" | sed '/^\\(Parallel\\|[0-9]* inodes\\|created\\|$\\)/d'
    echo "in the tree: $(cat "$work/tree/etc/image-of") $(stat -c '%u:%g %a' "$work/tree/usr/bin/program")"`,
    { DIB_RELEASE: 'noble', DISTRO_NAME: 'ubuntu', no_proxy: '127.0.0.1', ...environment },
  );
}

/** A server with a squashfs image and its digest; the tree of the image is in `root`. */
async function publish(t: TestContext): Promise<{ readonly directory: string; readonly server: FileServer }> {
  const directory = temporaryDirectory(t);
  for (const path of ['root/etc', 'root/usr/bin', 'served']) mkdirSync(join(directory, path), { recursive: true });
  writeFileSync(join(directory, 'root/etc/image-of'), 'vendor\n');
  writeFileSync(join(directory, 'root/usr/bin/program'), '#!/bin/sh\n', { mode: 0o755 });
  // Disk images are unpacked by their own tar.
  execFileSync('bash', ['-c', 'mkdir -p bin && cp /usr/bin/tar bin/'], { cwd: join(directory, 'root') });
  execFileSync('mksquashfs', [
    join(directory, 'root'),
    join(directory, 'served', squashfs),
    '-quiet',
    '-no-progress',
    '-all-root',
  ]);
  sumOf(directory, squashfs);
  const server = await serveDirectory(join(directory, 'served'));
  t.after(() => server.close());
  return { directory, server };
}

function sumOf(directory: string, name: string): void {
  const digest = createHash('sha256').update(readFileSync(join(directory, 'served', name)));
  writeFileSync(join(directory, 'served/SHA256SUMS'), `${digest.digest('hex')} *${name}\n`);
}

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-ubuntu-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
