import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import { type Environment, openTarget, type RunResult, type TestTarget, whyNoTarget } from './target-fixture.js';

const skip = whyNoTarget;
const entry = `${'a/b/c/d/e'}/${'0'.repeat(56)}`;

test('what one build fetches and builds, the next one of the same target has', { skip }, (t) => {
  const store = join(temporaryDirectory(t), 'pip-store');
  const wheel = wheelBase64();
  const first = build(t, store, [
    `mkdir -p /tmp/pip/http-v2/a/b/c/d/e /tmp/pip/http/a/b/c/d/e /tmp/pip/wheels/aa/bb/cc/dd`,
    `echo meta >/tmp/pip/http-v2/${entry}; echo body >/tmp/pip/http-v2/${entry}.body; echo old >/tmp/pip/http/${entry}`,
    `echo ${wheel} | base64 -d >/tmp/pip/wheels/aa/bb/cc/dd/a-1-py3-none-any.whl`,
    `echo '{"url": ""}' >/tmp/pip/wheels/aa/bb/cc/dd/origin.json; mkdir /tmp/pip/selfcheck`,
    'stat -c "%u %a %n" /tmp/pip /tmp/pip/*',
  ]);
  assert.equal(
    first.stdout,
    `0 755 /tmp/pip
0 755 /tmp/pip/http
0 755 /tmp/pip/http-v2
0 755 /tmp/pip/selfcheck
0 755 /tmp/pip/wheels
pip-cache: published 1 files to http
pip-cache: published 2 files to http-v2
pip-cache: published 2 files to wheels/debian-bookworm-amd64
left:
`,
  );
  const list = 'cd /tmp/pip; find . -type f | LC_ALL=C sort';
  const second = build(t, store, [list]);
  assert.equal(
    second.stdout,
    `./http-v2/${entry}\n./http-v2/${entry}.body\n./http/${entry}\n./wheels/aa/bb/cc/dd/a-1-py3-none-any.whl\n./wheels/aa/bb/cc/dd/origin.json\nleft:\n`,
  );
  const other = build(t, store, [list], { DIB_RELEASE: 'trixie' });
  assert.equal(other.stdout, `./http-v2/${entry}\n./http-v2/${entry}.body\n./http/${entry}\nleft:\n`);
});

test('every mount of the cache is declared, so that its content keeps no layer from being used again', {
  skip,
}, (t) => {
  const declared = readFileSync(join(builtinElementsDirectory, 'pip-cache/cache-inputs.yaml'), 'utf8').match(
    /(?<=^ {2}- )\/.*$/gm,
  );
  const mountsOf = (environment: Environment): readonly string[] =>
    build(t, join(temporaryDirectory(t), 'pip-store'), ['cut -d " " -f 2 /proc/mounts | grep ^/tmp/pip'], environment)
      .stdout.split('\n')
      .filter((line) => line.startsWith('/tmp/pip'))
      .sort();
  const overlays = mountsOf({});
  assert.deepEqual(overlays, ['/tmp/pip/http', '/tmp/pip/http-v2', '/tmp/pip/wheels']);
  assert.deepEqual([...mountsOf({ DIB_PIP_CACHE_MODE: 'shared' }), ...overlays], declared);
});

test('only whole entries are handed on', { skip }, (t) => {
  const store = join(temporaryDirectory(t), 'pip-store');
  const wheel = wheelBase64();
  const result = build(t, store, [
    `mkdir -p /tmp/pip/http-v2/a/b/c/d/e /tmp/pip/wheels/aa/bb/cc/{dd,ee,ff} /tmp/pip/http/a/b/c/d/e`,
    `echo meta >/tmp/pip/http-v2/${entry}; echo body >/tmp/pip/http-v2/${entry.replaceAll('0', '1')}.body`,
    `echo tmp >/tmp/pip/http/a/b/c/d/e/tmpabc; ln -s /etc/passwd /tmp/pip/http/${entry}`,
    `echo ${wheel} | base64 -d >/tmp/whole; head -c 100 /tmp/whole >/tmp/pip/wheels/aa/bb/cc/dd/a-1-py3-none-any.whl`,
    'cp /tmp/whole /tmp/pip/wheels/aa/bb/cc/ee/notawheel.whl; echo "{}" >/tmp/pip/wheels/aa/bb/cc/ee/origin.json',
    'cp /tmp/whole /tmp/pip/wheels/aa/bb/cc/ff/b-1-py3-none-any.whl; echo "{" >/tmp/pip/wheels/aa/bb/cc/ff/origin.json',
  ]);
  assert.equal(result.stdout, 'pip-cache: published 1 files to wheels/debian-bookworm-amd64\nleft:\n');
  const listed = build(t, store, ['cd /tmp/pip; find . -type f']);
  assert.equal(listed.stdout, './wheels/aa/bb/cc/ff/b-1-py3-none-any.whl\nleft:\n');
});

test('a build that is killed leaves nothing broken: downloads are kept, wheels are not', { skip }, (t) => {
  const store = join(temporaryDirectory(t), 'pip-store');
  const killed = build(t, store, [
    `mkdir -p /tmp/pip/http/a/b/c/d/e /tmp/pip/wheels/aa/bb/cc/dd; echo whole >/tmp/pip/http/${entry}`,
    `echo ${wheelBase64()} | base64 -d >/tmp/pip/wheels/aa/bb/cc/dd/a-1-py3-none-any.whl`,
    'exit 7',
  ]);
  assert.equal(killed.status, 7);
  const next = build(t, store, ['cd /tmp/pip; find . -type f']);
  assert.deepEqual([next.status, next.stdout], [0, `./http/${entry}\nleft:\n`]);
  for (const pool of ['http', 'http-v2', 'wheels/debian-bookworm-amd64']) {
    assert.deepEqual(readdirSync(join(store, pool, 'leases')), []);
    assert.deepEqual(readdirSync(join(store, pool, 'upper')), []);
  }
});

test('a damaged list of layers is an empty cache', { skip }, (t) => {
  const store = join(temporaryDirectory(t), 'pip-store');
  build(t, store, [`mkdir -p /tmp/pip/http/a/b/c/d/e; echo x >/tmp/pip/http/${entry}`]);
  writeFileSync(join(store, 'http/current'), 'gone\n');
  const next = build(t, store, ['cd /tmp/pip; find . -type f']);
  assert.deepEqual([next.status, next.stdout], [0, 'left:\n']);
  assert.match(next.stderr, /http\/current is damaged, starting with an empty cache/);
});

test('a private copy stands in where overlays are refused, with the same result', { skip }, (t) => {
  const store = join(temporaryDirectory(t), 'pip-store');
  const mode = { DIB_PIP_CACHE_MODE: 'private' };
  const write = (name: string): string =>
    `mkdir -p /tmp/pip/http/a/b/c/d/e; echo x >/tmp/pip/http/a/b/c/d/e/${name.repeat(56)}`;
  build(t, store, [write('1')], mode);
  const second = build(t, store, [write('2'), 'ls /tmp/pip/http/a/b/c/d/e | cut -c 1'], mode);
  assert.equal(second.stdout, '1\n2\npip-cache: published 1 files to http\nleft:\n');
  assert.equal(build(t, store, ['ls /tmp/pip/http/a/b/c/d/e | cut -c 1']).stdout, '1\n2\nleft:\n');
});

test('modes and limits are honoured', { skip }, (t) => {
  const store = join(temporaryDirectory(t), 'pip-store');
  const write = [`mkdir -p /tmp/pip/http/a/b/c/d/e; echo x >/tmp/pip/http/${entry}`];
  assert.equal(
    build(t, store, ['ls -d /tmp/pip 2>/dev/null || true'], { DIB_PIP_CACHE_MODE: 'off' }).stdout,
    'left:\n',
  );
  assert.equal(build(t, store, write, { DIB_PIP_CACHE_PUBLISH: '0' }).stdout, 'left:\n');
  assert.equal(existsSync(join(store, 'http/current')), false);
  const shared = { DIB_PIP_CACHE_MODE: 'shared' };
  build(t, store, write, shared);
  assert.equal(build(t, store, [`cat /tmp/pip/http/${entry}`], shared).stdout, 'x\nleft:\n');
  const wrong = build(t, store, [], { DIB_PIP_CACHE_MODE: 'fast' });
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /DIB_PIP_CACHE_MODE is "fast": it must be overlay, private, shared or off/);
});

test('many layers are merged, the oldest go first beyond the limit', { skip }, (t) => {
  const store = join(temporaryDirectory(t), 'pip-store');
  const target = openTarget(t, { builtin: ['pip-cache'] });
  const line = Array.from(
    { length: 18 },
    (_, index) => `pool open overlay "$mount/mnt" >"$work/lease"
      mkdir -p "$mount/mnt/a"; head -c 1000 /dev/zero >"$mount/mnt/a/${String(index).padStart(56, '0')}"
      umount "$mount/mnt"; pool close $(cat "$work/lease") >/dev/null`,
  ).join('\n');
  const prepare = `pool() { bash "$staging/pip-cache.d/pool" "${store}/http" http "$@"; }; export PIP_CACHE_IMPORT=/none`;
  const result = target.onHost(`${prepare}; mkdir -p "$mount/mnt"; ${line}`);
  assert.deepEqual([result.status, result.stderr], [0, '']);
  const layers = (): readonly string[] => readFileSync(join(store, 'http/current'), 'utf8').trim().split('\n');
  assert.equal(layers().length, 2);
  const limited = target.onHost(
    `${prepare}; mkdir -p "$mount/mnt"; pool open overlay "$mount/mnt" >"$work/lease"; ls "$mount/mnt/a" | wc -l; mkdir -p "$mount/mnt/b"; echo x >"$mount/mnt/b/${'f'.repeat(56)}"; umount "$mount/mnt"; DIB_PIP_CACHE_MAX_SIZE=20K pool close $(cat "$work/lease")`,
  );
  assert.equal(limited.status, 0, limited.stderr);
  assert.match(limited.stdout, /^18\npip-cache: published 1 files to http\npip-cache: merged 2 of 3 layers of http\n$/);
  assert.equal(layers().length, 1);
  const merged = layers()[0] ?? '';
  const names = spawnSync('find', [join(store, 'http/layers', merged), '-type', 'f', '-printf', '%f\n'], {
    encoding: 'utf8',
  });
  assert.equal(names.stdout.trim().split('\n').length, 2);
});

test('the download part of a cache in pip’s own layout is taken over once', { skip }, (t) => {
  const cache = temporaryDirectory(t);
  mkdirSync(join(cache, `pip/http/${entry}`, '..'), { recursive: true });
  writeFileSync(join(cache, `pip/http/${entry}`), 'kept\n');
  mkdirSync(join(cache, 'pip/wheels'));
  const line = [`cat /tmp/pip/http/${entry}`];
  assert.equal(build(t, join(cache, 'pip-store'), line, { DIB_IMAGE_CACHE: cache }).stdout, 'kept\nleft:\n');
  rmSync(join(cache, 'pip'), { recursive: true });
  assert.equal(build(t, join(cache, 'pip-store'), line, { DIB_IMAGE_CACHE: cache }).stdout, 'kept\nleft:\n');
});

test('eight builds at once publish everything they have, three rounds', { skip }, (t) => {
  const store = join(temporaryDirectory(t), 'pip-store');
  const target = openTarget(t, { builtin: ['pip-cache'] });
  const prepare = `pool() { bash "$staging/pip-cache.d/pool" "${store}/http" http "$@"; }; export PIP_CACHE_IMPORT=/none`;
  for (const round of ['1', '2', '3']) {
    const one = (index: number): string => `(
      set -e; own="$work/mount${index}"; mkdir -p "$own"
      lease=$(pool open overlay "$own"); mkdir -p "$own/${index}"
      for file in 0 1 2 3; do echo ${round}${index} >"$own/${index}/$(printf '%056d' "${round}$file")"; done
      umount "$own"; pool close $lease >/dev/null
    ) & jobs+=($!)`;
    const all = Array.from({ length: 8 }, (_, index) => one(index)).join('\n');
    const result = target.onHost(`${prepare}; jobs=(); ${all}\nfor job in "\${jobs[@]}"; do wait "$job"; done`);
    assert.deepEqual([result.status, result.stderr], [0, ''], `round ${round}`);
  }
  const count = target.onHost(
    `${prepare}; mkdir -p "$work/last"; lease=$(pool open overlay "$work/last"); find "$work/last" -type f | wc -l; umount "$work/last"; pool close $lease`,
  );
  assert.deepEqual([count.stdout, count.stderr], ['96\n', '']);
});

test('root’s pip uses the cache without a word, and its environment is the target’s alone', { skip }, (t) => {
  if (spawnSync('/usr/bin/python3', ['-m', 'pip', '--version']).status !== 0) {
    t.skip('the machine has no pip');
    return;
  }
  const store = join(temporaryDirectory(t), 'pip-store');
  const result = build(t, store, [
    '. /tmp/in_target.d/environment.d/10-pip-cache',
    'echo "${PIP_CACHE_DIR} ${PIP_NO_CACHE_DIR-unset}"; /usr/bin/python3 -m pip cache dir 2>&1',
  ]);
  assert.equal(result.stdout, '/tmp/pip unset\n/tmp/pip\nleft:\n');
  const host = openTarget(t, { builtin: ['pip-cache'] }).onHost(
    '. "$staging/environment.d/10-pip-cache"; echo "${PIP_CACHE_DIR-unset}"',
  );
  assert.equal(host.stdout, 'unset\n');
});

/** The life of a build around the cache: root phase, lines in the target, post-root phase. */
function build(t: TestContext, store: string, lines: readonly string[], environment: Environment = {}): RunResult {
  const target: TestTarget = openTarget(t, { builtin: ['pip-cache'], environment });
  target.write('tmp/lines', lines.join('\n'));
  return target.onHost(
    `mkdir "$work/build"; export TMP_BUILD_DIR=$work/build
    "$staging/root.d/11-pip-cache"
    mkdir -p "$mount/tmp/in_target.d"; mount --bind "$staging" "$mount/tmp/in_target.d"
    env PIP_NO_CACHE_DIR=false chroot "$mount" /bin/bash -e /tmp/lines
    "$staging/post-root.d/99-pip-cache"
    echo left:; ls -A "$mount/tmp" | grep '^pip$' || true; pgrep -x sleep || true`,
    { DIB_PIP_CACHE_DIR: store, HOME: '/root', ...environment },
  );
}

/** A zip with one stored, empty file. */
function wheelBase64(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-wheel-'));
  const script = 'import zipfile,sys; zipfile.ZipFile(sys.argv[1],"w").writestr("a/__init__.py","x = 1\\n"*50)';
  try {
    const result = spawnSync('python3', ['-c', script, join(directory, 'a.whl')]);
    assert.equal(result.status, 0, String(result.stderr));
    return readFileSync(join(directory, 'a.whl')).toString('base64');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-pip-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
