import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Environment, openTarget, type RunResult, type TestTarget, whyNoTarget } from './target-fixture.js';

const skip =
  whyNoTarget !== false ? whyNoTarget : spawnSync('git', ['--version']).status === 0 ? false : 'git is missing';
const hook = '"$staging/extra-data.d/98-source-repositories"';
const builtin = ['install-bin', 'pkg-map', 'package-installs', 'cache-url', 'manifests', 'source-repositories'];

test('a branch, a tag, a commit and everything of repositories are checked out', { skip }, (t) => {
  const upstream = makeRepository(t);
  const target = openSources(t, [
    `branch git /opt/branch ${upstream.path} stable`,
    `tag git /opt/tag/ ${upstream.path} v1`,
    `commit git /opt/commit ${upstream.path} ${upstream.first}`,
    `all git /opt/all ${upstream.path} *`,
    `head git /opt/head ${upstream.path}`,
    `head git /opt/head ${upstream.path}`,
  ]);
  const result = run(target);
  assert.deepEqual([result.status, result.stderr], [0, '']);
  const look = (line: string): string => target.inTarget(`git config --global safe.directory "*"; ${line}`).stdout;
  assert.equal(
    look('cat /opt/{branch,tag,commit,all,head}/file; stat -c %U:%G /opt/branch/file'),
    'stable\nfirst\nfirst\nmain\nmain\nroot:root\n',
  );
  assert.equal(
    look('git -C /opt/branch branch; git -C /opt/branch config remote.origin.url; git -C /opt/branch status --short'),
    `  fetch_stable\n* main\n${upstream.path}\n`,
  );
  assert.equal(look('git -C /opt/all branch -r --list "origin/stable"'), '  origin/stable\n');
  assert.equal(
    target.read('etc/dib-source-repositories'),
    '/opt/branch\n/opt/tag/\n/opt/commit\n/opt/all\n/opt/head\n',
  );
  assert.equal(
    target.read('etc/dib-manifests/dib-manifest-git-my-image'),
    [
      `branch git /opt/branch ${upstream.path} ${upstream.stable}`,
      `tag git /opt/tag/ ${upstream.path} ${upstream.first}`,
      `commit git /opt/commit ${upstream.path} ${upstream.first}`,
      `all git /opt/all ${upstream.path} ${upstream.main}`,
      `head git /opt/head ${upstream.path} ${upstream.main}`,
      '',
    ].join('\n'),
  );
});

test('a branch that moved is fetched again, a pinned commit needs no network, offline takes what is there', {
  skip,
}, (t) => {
  const upstream = makeRepository(t);
  const lines = [`b git /opt/b ${upstream.path} stable`, `c git /opt/c ${upstream.path} ${upstream.first}`];
  const cache = temporaryDirectory(t);
  assert.equal(run(openSources(t, lines), { DIB_IMAGE_CACHE: cache }).status, 0);
  git(upstream.path, 'checkout -q stable');
  writeFileSync(join(upstream.path, 'file'), 'moved\n');
  git(upstream.path, 'commit -q -a -m moved');
  const offline = openSources(t, lines);
  assert.equal(run(offline, { DIB_IMAGE_CACHE: cache, DIB_OFFLINE: '1' }).status, 0);
  assert.equal(offline.read('opt/b/file'), 'stable\n');
  const online = openSources(t, lines);
  assert.equal(run(online, { DIB_IMAGE_CACHE: cache }).status, 0);
  assert.equal(online.read('opt/b/file'), 'moved\n');
  rmSync(upstream.path, { recursive: true });
  const pinned = openSources(t, lines.slice(1));
  assert.equal(run(pinned, { DIB_IMAGE_CACHE: cache }).status, 0);
  assert.equal(pinned.read('opt/c/file'), 'first\n');
});

test('an unknown ref, a repository that is not there and an empty cache offline are named', { skip }, (t) => {
  const upstream = makeRepository(t);
  const messageOf = (line: string, environment: Environment = {}): string => {
    const result = run(openSources(t, [line]), environment);
    assert.equal(result.status, 1);
    return result.stdout.split('\n').find((text) => text.startsWith('source-repositories:')) ?? '';
  };
  assert.equal(
    messageOf(`a git /a ${upstream.path} nowhere`),
    `source-repositories: failed to find reference nowhere in ${upstream.path}`,
  );
  assert.equal(messageOf('b git /b /no/such/repository'), 'source-repositories: /no/such/repository cannot be cloned');
  assert.match(
    messageOf(`c git /c ${upstream.path}`, { DIB_OFFLINE: '1' }),
    /^source-repositories: offline, and .* is not in the cache .*\/c_[0-9a-f]{40}\.git$/,
  );
});

test('a destination that holds something else is not touched', { skip }, (t) => {
  const upstream = makeRepository(t);
  const other = makeRepository(t);
  const clash = run(openSources(t, [`a git /a ${upstream.path}`, `b git /a ${other.path}`]));
  assert.deepEqual(
    [clash.status, clash.stderr],
    [1, `source-repositories: b: /a holds ${upstream.path}, not ${other.path}\n`],
  );
  const refs = run(openSources(t, [`a git /a ${upstream.path} stable`, `b git /a ${upstream.path} v1`]));
  assert.equal(refs.stderr, `source-repositories: b: /a holds ${upstream.path} at another ref than v1\n`);
  const plain = openSources(t, [`a git /a ${upstream.path}`]);
  plain.write('a/file', 'mine\n');
  assert.equal(run(plain).stderr, 'source-repositories: a: /a exists and is not a repository\n');
});

test('submodules are fetched through the cache when asked for', { skip }, (t) => {
  const inner = makeRepository(t);
  const upstream = makeRepository(t);
  git(upstream.path, `-c protocol.file.allow=always submodule --quiet add ${inner.path} lib/inner`);
  git(upstream.path, 'commit -q -m submodule');
  const line = `a git /a ${upstream.path}`;
  const without = openSources(t, [line]);
  assert.equal(run(without).status, 0);
  assert.equal(without.read('a/lib/inner/file'), undefined);
  const target = openSources(t, [line], { DIB_REPOSUBMODULES_a: '1' });
  const result = run(target);
  assert.deepEqual([result.status, result.stderr], [0, '']);
  assert.equal(target.read('a/lib/inner/file'), 'main\n');
  const status = target.inTarget(
    'git config --global safe.directory "*"; cd /a && git submodule status | cut -d " " -f 1-3; git status --short',
  );
  assert.equal(status.stdout, ` ${inner.main} lib/inner\n`);
});

test('archives of any compression are unpacked, whole, without their top, or one directory', { skip }, (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'pkg-1/sub'), { recursive: true });
  writeFileSync(join(directory, 'pkg-1/top'), 'top\n');
  writeFileSync(join(directory, 'pkg-1/sub/.deep'), 'deep\n');
  for (const [name, flag] of [
    ['a.tgz', '-z'],
    ['a.tar.xz', '-J'],
    ['a.tar', '--owner=1000'],
  ]) {
    assert.equal(spawnSync('tar', ['-c', flag ?? '', '-f', name ?? '', 'pkg-1'], { cwd: directory }).status, 0);
  }
  const target = openSources(t, [
    `whole tar /opt/whole file://${directory}/a.tgz .`,
    `star tar /opt/star file://${directory}/a.tar.xz`,
    `sub tar /opt/sub file://${directory}/a.tar pkg-1/sub`,
  ]);
  const result = run(target);
  assert.deepEqual([result.status, result.stderr], [0, '']);
  assert.equal(
    target.inTarget(
      'cd /opt && find whole star sub -type f -printf "%p %u\\n" | LC_ALL=C sort; ls -A /tmp | grep ^source',
    ).stdout,
    'star/sub/.deep root\nstar/top root\nsub/.deep root\nwhole/pkg-1/sub/.deep root\nwhole/pkg-1/top root\n',
  );
  const absent = run(openSources(t, [`x tar /x file://${directory}/a.tgz pkg-2`]));
  assert.equal(absent.stderr, `source-repositories: x: there is no directory pkg-2 in file://${directory}/a.tgz\n`);
});

test('a file is put in place readable, with its digest recorded and checked', { skip }, (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'data'), 'data\n');
  const digest = createHash('sha256').update('data\n').digest('hex');
  const target = openSources(t, [`d file /srv/deep/data file://${directory}/data#sha256=${digest}`]);
  const result = run(target);
  assert.deepEqual([result.status, result.stderr], [0, '']);
  assert.equal(target.inTarget('cat /srv/deep/data; stat -c "%a %U" /srv/deep/data').stdout, 'data\n644 root\n');
  assert.equal(
    target.read('etc/dib-manifests/dib-manifest-files-my-image'),
    `d file /srv/deep/data file://${directory}/data sha256:${digest}\n`,
  );
  const wrong = run(openSources(t, [`d file /d file://${directory}/data#sha256=${'0'.repeat(64)}`]));
  assert.equal(wrong.status, 1);
  assert.match(wrong.stdout, /has not the digest sha256:0{64}\n/);
});

test('a damaged archive in the cache is fetched again', { skip }, (t) => {
  const directory = temporaryDirectory(t);
  const cache = temporaryDirectory(t);
  writeFileSync(join(directory, 'file'), 'x\n');
  assert.equal(spawnSync('tar', ['-czf', 'a.tgz', 'file'], { cwd: directory }).status, 0);
  const location = `file://${directory}/a.tgz`;
  const entry = join(cache, 'source-repositories', `a_${createHash('sha1').update(`tar_${location}\n`).digest('hex')}`);
  mkdirSync(join(cache, 'source-repositories'));
  writeFileSync(entry, 'not a tar');
  const target = openSources(t, [`a tar /a ${location} .`]);
  const result = run(target, { DIB_IMAGE_CACHE: cache });
  assert.deepEqual([result.status, result.stderr], [0, '']);
  assert.equal(target.read('a/file'), 'x\n');
  assert.deepEqual(readFileSync(entry), readFileSync(join(directory, 'a.tgz')));
});

test('two builds of the same sources leave the same files', { skip }, (t) => {
  const inner = makeRepository(t);
  const upstream = makeRepository(t);
  git(upstream.path, `-c protocol.file.allow=always submodule --quiet add ${inner.path} lib/inner`);
  git(upstream.path, 'commit -q -m submodule');
  const cache = temporaryDirectory(t);
  const digests = [1, 2].map(() => {
    const target = openSources(t, [`a git /opt/a ${upstream.path} main`, `b git /opt/b ${upstream.path} *`], {
      DIB_REPOSUBMODULES_a: '1',
    });
    const result = run(target, { DIB_IMAGE_CACHE: cache });
    assert.deepEqual([result.status, result.stderr], [0, '']);
    return target.inTarget('cd /opt && find a b -type f -exec sha256sum {} + | LC_ALL=C sort -k 2').stdout;
  });
  assert.ok(digests[0]?.includes('a/.git/index'));
  assert.equal(digests[0], digests[1]);
});

test('a damaged repository in the cache is fetched again', { skip }, (t) => {
  const upstream = makeRepository(t);
  const cache = temporaryDirectory(t);
  const line = `a git /a ${upstream.path} stable`;
  assert.equal(run(openSources(t, [line]), { DIB_IMAGE_CACHE: cache }).status, 0);
  // The content of the file, whose object the checkout has to read, is gone; commits and trees stay.
  const blob = git(upstream.path, 'rev-parse stable:file');
  const found = spawnSync('find', [join(cache, 'source-repositories'), '-name', blob.slice(2)], { encoding: 'utf8' });
  const [object = ''] = found.stdout.split('\n');
  // A new file: git shares the old one with the repository on the same disk.
  rmSync(object);
  writeFileSync(object, 'damaged');
  const offline = run(openSources(t, [line]), { DIB_IMAGE_CACHE: cache, DIB_OFFLINE: '1' });
  assert.equal(offline.status, 1);
  assert.match(offline.stderr, /source-repositories: offline, and the cached copy \S+\.git of \S+ is damaged\n/);
  const target = openSources(t, [line]);
  const result = run(target, { DIB_IMAGE_CACHE: cache });
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stdout, /\nThe cache of \S+ is damaged, fetching it anew\n/);
  assert.equal(target.read('a/file'), 'stable\n');
});

test('a server that wants credentials is asked once, and they are asked for', { skip }, async (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(
    join(directory, 'server.mjs'),
    `import { createServer } from 'node:http';
const server = createServer((request, response) => {
  console.log(request.url);
  response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="test"' }).end();
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`,
  );
  const server = spawn(process.execPath, [join(directory, 'server.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => server.kill());
  const port = await new Promise<string>((resolve) =>
    server.stdout.once('data', (text) => resolve(String(text).trim())),
  );
  const address = `127.0.0.1:${port}/r.git`;
  const result = run(openSources(t, [`a git /a http://user:secret@${address}`]), { no_proxy: '127.0.0.1' });
  assert.equal(result.status, 1);
  assert.match(
    result.stdout + result.stderr,
    new RegExp(
      `source-repositories: http://${address} cannot be cloned: the server wants credentials, which belong into`,
    ),
  );
  assert.doesNotMatch(result.stdout + result.stderr, /secret|Attempt/);
});

test('twelve sources of one repository share a cache entry without a clash', { skip }, (t) => {
  const upstream = makeRepository(t);
  const lines = Array.from({ length: 12 }, (_, index) => `r git /opt/${index} ${upstream.path} stable`);
  const target = openSources(t, lines);
  const result = run(target);
  assert.deepEqual([result.status, result.stderr], [0, '']);
  assert.equal(target.inTarget('cat /opt/*/file').stdout, 'stable\n'.repeat(12));
});

interface Repository {
  readonly path: string;
  readonly first: string;
  readonly main: string;
  readonly stable: string;
}

/** A repository with the branches main and stable and the tag v1. */
function makeRepository(t: TestContext): Repository {
  const path = temporaryDirectory(t);
  git(path, 'init -q -b main');
  writeFileSync(join(path, 'file'), 'first\n');
  git(path, 'add file');
  git(path, 'commit -q -m first');
  git(path, 'tag v1');
  git(path, 'checkout -q -b stable');
  writeFileSync(join(path, 'file'), 'stable\n');
  git(path, 'commit -q -a -m stable');
  git(path, 'checkout -q main');
  writeFileSync(join(path, 'file'), 'main\n');
  git(path, 'commit -q -a -m main');
  const commitOf = (ref: string): string => git(path, `rev-parse ${ref}`);
  return { path, first: commitOf('v1'), main: commitOf('main'), stable: commitOf('stable') };
}

function git(directory: string, line: string): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'safe.directory=*'];
  const result = spawnSync('git', [...identity, ...line.split(' ')], { cwd: directory, encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
  return result.stdout.trim();
}

function openSources(t: TestContext, lines: readonly string[], environment: Environment = {}): TestTarget {
  return openTarget(t, {
    builtin,
    elements: { app: { 'source-repository-app': `${lines.join('\n')}\n` } },
    environment,
  });
}

function run(target: TestTarget, environment: Environment = {}): RunResult {
  return target.onHost(`export DIB_IMAGE_CACHE="\${DIB_IMAGE_CACHE:-$work/cache}"; ${hook}`, {
    IMAGE_NAME: '/out/my-image',
    DIB_SOURCE_RETRY_SECONDS: '0',
    DIB_MANIFEST_IMAGE_DIR: '/etc/dib-manifests',
    ...environment,
  });
}

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-source-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
