import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import { missingPrograms } from '../disk/disk-ports.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';

const program = join(builtinElementsDirectory, 'dpkg/apt-archives/fetch-ahead');
const skip = missingPrograms('flock', 'setsid', 'awk');

/** Says that it runs, and ends when the test lets it, or has forgotten it. */
const fakeApt = `#!/bin/bash
printf '%s\\n' "$@" > "$LOG.part"
mv "$LOG.part" "$LOG"
until [ -e "$LOG.end" ] || [ ! -d "\${LOG%/*}" ]; do sleep 0.05; done
`;

/** A directory of archives as apt and root.d/50-shared-apt-cache leave it, with an apt-get that works until it may end. */
async function openArchives(context: TestContext, packages: string) {
  const directory = await temporaryDirectory(context);
  const ahead = join(directory, 'archives/.dib-ahead');
  mkdirSync(ahead, { recursive: true });
  mkdirSync(join(directory, 'bin'));
  copyFileSync(program, join(ahead, 'fetch-ahead'));
  writeFileSync(join(ahead, 'packages'), packages);
  writeFileSync(join(directory, 'bin/apt-get'), fakeApt, { mode: 0o755 });
  const log = join(directory, 'log');
  const run = (script: string) => {
    const done = spawnSync('bash', ['--norc', '-c', script], {
      encoding: 'utf8',
      timeout: 30_000,
      env: { PATH: `${directory}/bin:${process.env.PATH}`, LOG: log, AHEAD: join(ahead, 'fetch-ahead') },
    });
    assert.deepEqual([done.status, done.stderr], [0, '']);
    return done.stdout;
  };
  const path = (name: string): string => join(directory, 'archives', name);
  return {
    ahead,
    run,
    /** What apt downloaded just now: a small file, and a quarter of a second later one with the given size. */
    async download(bytes: number) {
      writeFileSync(path('first_1_all.deb'), 'first');
      await sleep(250);
      writeFileSync(path('second_1_all.deb'), 'second');
      truncateSync(path('second_1_all.deb'), bytes);
      return `printf '%s\\n' ${path('first_1_all.deb')} ${path('second_1_all.deb')}`;
    },
    addArchive: (name: string): void => writeFileSync(path(name), ''),
    /** What apt-get was called with, once it runs; undefined when nothing was started. */
    async takeCall() {
      for (let wait = 0; wait < 100 && !existsSync(log) && existsSync(join(ahead, 'process')); wait += 1)
        await sleep(50);
      if (!existsSync(log)) return undefined;
      const words = readFileSync(log, 'utf8').trimEnd().split('\n');
      rmSync(log);
      return words;
    },
    letEnd: (): void => writeFileSync(`${log}.end`, ''),
    isRunning: (): boolean => spawnSync('flock', ['--nonblock', join(ahead, 'lock'), 'true']).status !== 0,
  };
}

test('packages of later hooks are downloaded until somebody stops it, and then again', { skip }, async (context) => {
  const archives = await openArchives(context, 'linux-image\ngrub-pc grub-common\n');
  const listed = await archives.download(1000);
  // A reader of what apt says would wait for all who hold its descriptor.
  assert.equal(archives.run(`{ ${listed} | "$AHEAD" start 8>&1; } | cat; echo ended`), 'ended\n');
  const call = await archives.takeCall();
  assert.deepEqual(call?.slice(-6), [
    '--assume-yes',
    '--download-only',
    'install',
    'linux-image',
    'grub-pc',
    'grub-common',
  ]);
  assert.equal(archives.isRunning(), true);
  archives.run('"$AHEAD" stop');
  assert.equal(archives.isRunning(), false);
  archives.run('"$AHEAD" stop');
  archives.run(`${listed} | "$AHEAD" start`);
  assert.deepEqual(await archives.takeCall(), call);
});

test('one that is stopped at once never runs', { skip }, async (context) => {
  const archives = await openArchives(context, 'linux-image\n');
  const listed = await archives.download(1000);
  archives.run(`for turn in 1 2 3 4 5 6 7 8 9 10; do ${listed} | "$AHEAD" start; "$AHEAD" stop; done`);
  assert.equal(archives.isRunning(), false);
  assert.equal(existsSync(join(archives.ahead, 'finished')), false);
});

test('what has finished is not done again', { skip }, async (context) => {
  const archives = await openArchives(context, 'linux-image\n');
  const listed = await archives.download(1000);
  archives.letEnd();
  archives.run(`${listed} | "$AHEAD" start; flock "\${AHEAD%/*}/lock" true; "$AHEAD" stop`);
  assert.notEqual(await archives.takeCall(), undefined);
  archives.run(`${listed} | "$AHEAD" start`);
  assert.equal(await archives.takeCall(), undefined);
});

test('nothing is started when the archives are there already', { skip }, async (context) => {
  const archives = await openArchives(context, 'linux-image\ngrub-pc=2.06 vim:amd64 less/sid\n');
  for (const name of ['linux-image_6.1_amd64.deb', 'grub-pc_2.06_amd64.deb', 'vim_9_amd64.deb'])
    archives.addArchive(name);
  const listed = await archives.download(1000);
  archives.run(`${listed} | "$AHEAD" start`);
  assert.notEqual(await archives.takeCall(), undefined, 'less is missing');
  archives.run('"$AHEAD" stop');
  archives.addArchive('less_590_amd64.deb');
  archives.run(`${listed} | "$AHEAD" start`);
  assert.equal(await archives.takeCall(), undefined);
});

test('nothing is started where nothing was downloaded, or an archive is fast', { skip }, async (context) => {
  const archives = await openArchives(context, 'linux-image\n');
  archives.run('"$AHEAD" start < /dev/null');
  assert.equal(await archives.takeCall(), undefined);
  const listed = await archives.download(1_000_000_000);
  archives.run(`${listed} | "$AHEAD" start`);
  assert.equal(await archives.takeCall(), undefined);
});

test('a wrong word is refused', () => {
  const run = spawnSync(program, ['begin'], { encoding: 'utf8' });
  assert.deepEqual([run.status, run.stderr], [2, 'usage: fetch-ahead start < ARCHIVES | fetch-ahead stop\n']);
});
