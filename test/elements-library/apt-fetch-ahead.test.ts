import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import { missingPrograms } from '../disk/disk-ports.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';
import { forgetKey, makeKey, makePackage, publishSuite, whyNoArchive } from '../helpers/made-archive.js';

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
    replaceApt: (script: string): void => writeFileSync(join(directory, 'bin/apt-get'), `#!/bin/bash\n${script}\n`),
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

/** An archive with one package of six MiB, which trickles until `hurry` is called. */
async function openSlowArchive(context: TestContext) {
  const directory = await temporaryDirectory(context);
  const key = makeKey(directory, 'slow');
  context.after(() => forgetKey(key));
  const archive = join(directory, 'archive');
  const big = makePackage(directory, { name: 'big', files: { 'usr/share/big': randomBytes(6 << 20) } });
  publishSuite({ archive, suite: 'stable', origin: 'Test', key, components: { main: [big] } });
  const firstBytes: number[] = [];
  let pauseMs = 50;
  const server = createServer(async (request, response) => {
    const content = await readFile(join(archive, request.url ?? '')).catch(() => undefined);
    if (content === undefined) return response.writeHead(404).end();
    const first = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (request.url?.endsWith('.deb')) firstBytes.push(first);
    response.writeHead(first === 0 ? 200 : 206, {
      'content-length': content.length - first,
      'last-modified': new Date(0).toUTCString(),
      ...(first === 0 ? {} : { 'content-range': `bytes ${first}-${content.length - 1}/${content.length}` }),
    });
    for (let at = first; at < content.length && !response.destroyed; at += 1 << 18) {
      response.write(content.subarray(at, at + (1 << 18)));
      if (content.length > 1 << 20) await sleep(pauseMs);
    }
    return response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  context.after(() => server.close());
  return {
    directory,
    bigPath: big.path,
    source: `deb [signed-by=${key.keyringPath}] http://127.0.0.1:${(server.address() as AddressInfo).port} stable main\n`,
    /** Where each answer with a package began. */
    firstBytes,
    hurry: (): void => {
      pauseMs = 0;
    },
  };
}

test('apt goes on with what was not finished', { skip: skip || whyNoArchive() }, async (context) => {
  const archive = await openSlowArchive(context);
  const root = join(archive.directory, 'root');
  const archives = join(root, 'var/cache/apt/archives');
  for (const path of ['etc/apt/apt.conf.d', 'etc/apt/preferences.d', 'var/lib/dpkg', 'var/lib/apt/lists/partial'])
    mkdirSync(join(root, path), { recursive: true });
  for (const path of ['partial', '.dib-ahead']) mkdirSync(join(archives, path), { recursive: true });
  writeFileSync(join(root, 'var/lib/dpkg/status'), '');
  writeFileSync(join(root, 'etc/apt/sources.list'), archive.source);
  writeFileSync(join(archive.directory, 'apt.conf'), `Dir "${root}";\nAPT::Sandbox::User "root";\n`);
  writeFileSync(join(archives, '.dib-ahead/packages'), 'big\n');
  copyFileSync(program, join(archives, '.dib-ahead/fetch-ahead'));
  const run = promisify(execFile);
  const environment = { PATH: process.env.PATH, LC_ALL: 'C', APT_CONFIG: join(archive.directory, 'apt.conf') };
  const options = { env: environment, timeout: 60_000 };
  await run('apt-get', ['update'], options);
  writeFileSync(join(archives, 'first_1_all.deb'), '');
  await sleep(250);
  writeFileSync(join(archives, 'second_1_all.deb'), '');
  const listed = `printf '%s\\n' ${archives}/first_1_all.deb ${archives}/second_1_all.deb`;
  await run('bash', ['--norc', '-c', `${listed} | ${archives}/.dib-ahead/fetch-ahead start`], options);
  const partial = join(archives, 'partial/big_1.0_all.deb');
  for (let wait = 0; wait < 400 && (!existsSync(partial) || statSync(partial).size < 1 << 20); wait += 1)
    await sleep(25);
  await run(join(archives, '.dib-ahead/fetch-ahead'), ['stop'], options);
  const had = statSync(partial).size;
  archive.hurry();
  await run('apt-get', ['--assume-yes', '--download-only', 'install', 'big'], options);
  assert.deepEqual(readFileSync(join(archives, 'big_1.0_all.deb')), readFileSync(archive.bigPath));
  assert.deepEqual(archive.firstBytes, [0, had]);
  assert.ok(had >= 1 << 20, `${had} bytes`);
});

test('apt runs beside it, ends with its own status, and nothing of it goes on', { skip }, async (context) => {
  const archives = await openArchives(context, 'linux-image\n');
  const listed = await archives.download(1000);
  // Works as the background one when that is asked for; else as apt, which starts what its options say.
  archives.replaceApt(`if [[ " $* " = *" --download-only "* ]]; then sleep 60; fi
printf '%s\\n' "$*"
${listed} | sh -c "\${2#*=}"
exit 7`);
  const words = archives.run(`"$AHEAD" beside --assume-yes install vim || echo "ended with $?"`);
  assert.match(words, /^-o DPkg::Pre-Install-Pkgs::=\S+ start \|\| true --assume-yes install vim\nended with 7\n$/);
  assert.equal(existsSync(join(archives.ahead, 'lock')), true, 'it was started');
  assert.equal(archives.isRunning(), false);
});

test('a wrong word is refused', () => {
  const run = spawnSync(program, ['begin'], { encoding: 'utf8' });
  assert.deepEqual(
    [run.status, run.stderr],
    [2, 'usage: fetch-ahead beside APT_GET_WORD... | fetch-ahead start < ARCHIVES | fetch-ahead stop\n'],
  );
});
