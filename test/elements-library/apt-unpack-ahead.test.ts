import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import { missingPrograms } from '../disk/disk-ports.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';

const programs = join(builtinElementsDirectory, 'dpkg/apt-archives/unpack-ahead');
const skip = missingPrograms('dpkg-deb', 'flock', 'xargs');

/** Some packages in a directory of archives, with the directory for what is unpacked. */
async function openArchives(context: TestContext, names: readonly string[]) {
  const directory = await temporaryDirectory(context);
  const unpacked = join(directory, '.dib-unpacked');
  mkdirSync(join(unpacked, 'bin'), { recursive: true });
  copyFileSync(join(programs, 'dpkg-deb'), join(unpacked, 'bin/dpkg-deb'));
  chmodSync(join(unpacked, 'bin/dpkg-deb'), 0o755);
  const paths = names.map((name) => {
    const tree = join(directory, name);
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
    writeFileSync(
      join(tree, 'DEBIAN/control'),
      `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: m\nDescription: d\n`,
    );
    writeFileSync(join(tree, 'content'), name.repeat(100_000));
    const path = join(directory, `${name}_1_all.deb`);
    assert.equal(spawnSync('dpkg-deb', ['--build', '--root-owner-group', tree, path]).status, 0);
    return path;
  });
  const ask = (...words: readonly string[]): Buffer =>
    spawnSync(join(unpacked, 'bin/dpkg-deb'), words, { maxBuffer: 2 ** 24 }).stdout;
  const start = (): void => {
    const started = spawnSync(join(programs, 'start'), [unpacked], {
      input: `${paths.join('\n')}\n`,
      encoding: 'utf8',
    });
    assert.deepEqual([started.status, started.stdout, started.stderr], [0, '', '']);
  };
  /** Waits as the hook does. */
  const finish = (): void => assert.equal(spawnSync('flock', [join(unpacked, 'workers'), 'true']).status, 0);
  return { unpacked, paths, ask, start, finish };
}

function plain(path: string): Buffer {
  return spawnSync('dpkg-deb', ['--fsys-tarfile', path], { maxBuffer: 2 ** 24 }).stdout;
}

test('what is unpacked ahead is what dpkg-deb gives, and is kept', { skip }, async (context) => {
  const { unpacked, paths, ask, start, finish } = await openArchives(context, ['aa', 'bb', 'cc', 'dd']);
  start();
  for (const path of paths) assert.equal(Buffer.compare(ask('--fsys-tarfile', path), plain(path)), 0, path);
  finish();
  // The first is asked for at once, so nobody works ahead of that.
  assert.deepEqual(
    readdirSync(unpacked).filter((name) => name.endsWith('.tar')),
    ['bb_1_all.deb.tar', 'cc_1_all.deb.tar', 'dd_1_all.deb.tar'],
  );
  const [, second = ''] = paths;
  writeFileSync(join(unpacked, 'bb_1_all.deb.tar'), 'kept');
  assert.equal(String(ask('--fsys-tarfile', second)), 'kept');
});

test('everything else is the business of dpkg-deb', { skip }, async (context) => {
  const { unpacked, paths, ask, start, finish } = await openArchives(context, ['aa', 'bb']);
  const [first = '', second = ''] = paths;
  assert.equal(Buffer.compare(ask('--fsys-tarfile', second), plain(second)), 0, 'nothing was started');
  start();
  finish();
  writeFileSync(join(unpacked, 'bb_1_all.deb.tar'), 'kept');
  assert.equal(String(ask('--field', second, 'Package')), 'bb\n');
  assert.equal(Buffer.compare(ask('--fsys-tarfile', first), plain(first)), 0);
});

test('an archive that cannot be unpacked is left to dpkg-deb, which says why', { skip }, async (context) => {
  const { unpacked, paths, ask, start, finish } = await openArchives(context, ['aa', 'bb', 'cc']);
  const [, second = '', third = ''] = paths;
  writeFileSync(second, readFileSync(second).subarray(0, 400));
  start();
  finish();
  assert.equal(existsSync(join(unpacked, 'bb_1_all.deb.tar')), false);
  assert.equal(existsSync(join(unpacked, 'bb_1_all.deb.tar.part')), false);
  const asked = spawnSync(join(unpacked, 'bin/dpkg-deb'), ['--fsys-tarfile', second], { encoding: 'utf8' });
  assert.notEqual(asked.status, 0);
  assert.match(asked.stderr, /dpkg-deb/);
  assert.equal(Buffer.compare(ask('--fsys-tarfile', third), plain(third)), 0);
});

test('who waits for what apt says does not wait for the workers', { skip }, async (context) => {
  const { unpacked, paths } = await openArchives(context, ['aa', 'bb']);
  // A worker that waits for this lock stands for one that has much to do.
  const script = `exec 7> "$1/bb_1_all.deb.tar.lock" && flock 7 && printf '%s\\n' "$3" "$4" | "$2" "$1" 8>&1 7>&- | cat && echo ended`;
  const words = ['-c', script, 'bash', unpacked, join(programs, 'start'), ...paths];
  const ended = spawnSync('bash', words, { encoding: 'utf8', timeout: 20_000 });
  assert.deepEqual([ended.status, ended.stdout], [0, 'ended\n']);
  assert.equal(spawnSync('flock', [join(unpacked, 'workers'), 'true']).status, 0);
});
