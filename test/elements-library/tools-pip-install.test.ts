import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openTarget, type RunResult, whyNoTarget } from './target-fixture.js';

const hasPip = spawnSync('/usr/bin/python3', ['-c', 'import setuptools, wheel, pip']).status === 0;
const skip =
  whyNoTarget !== false ? whyNoTarget : hasPip ? false : "the machine's Python lacks pip, setuptools or wheel";

test('eight cold builds at once install the same source package, then a warm one downloads nothing', {
  skip,
}, async (t) => {
  const index = await startIndex(t);
  const store = join(temporaryDirectory(t), 'pip-store');
  const cold = await Promise.all(Array.from({ length: 8 }, () => build(t, store, index.url)));
  for (const result of cold) {
    assert.deepEqual([result.status, result.stderr], [0, ''], result.stdout);
    assert.match(result.stdout, /Successfully installed sample-1\.0\n/);
  }
  const pool = join(store, 'wheels/debian-bookworm-amd64');
  assert.equal(readFileSync(join(pool, 'current'), 'utf8').trim().split('\n').length, 8);
  assert.deepEqual([readdirSync(join(pool, 'leases')), readdirSync(join(pool, 'upper'))], [[], []]);
  const wheels = filesBelow(join(pool, 'layers')).filter((path) => path.endsWith('.whl'));
  assert.equal(wheels.length, 8);
  for (const wheel of wheels) {
    assert.equal(spawnSync('/usr/bin/python3', ['-m', 'zipfile', '-t', wheel]).status, 0, wheel);
  }
  const before = index.requests();
  const warm = await build(t, store, index.url);
  assert.deepEqual([warm.status, warm.stderr], [0, '']);
  assert.match(warm.stdout, /Using cached (sample-1\.0-py3-none-any\.whl|.*sample-1\.0\.tar\.gz)/);
  assert.doesNotMatch(warm.stdout, /Building wheel/);
  assert.deepEqual(
    index
      .requests()
      .slice(before.length)
      .filter((path) => path.endsWith('.tar.gz')),
    [],
  );
});

/** Installs the sample in a target of its own, between the hooks of pip-cache. */
function build(t: TestContext, store: string, indexUrl: string): Promise<RunResult> {
  const target = openTarget(t, { builtin: ['pip-cache'] });
  target.write(
    'tmp/install',
    `. /tmp/in_target.d/environment.d/10-pip-cache
export PIP_CONFIG_FILE=/dev/null PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore
/usr/bin/python3 -m pip install --no-build-isolation --target /opt/sample \\
    --index-url ${indexUrl}/simple/ --trusted-host 127.0.0.1 sample 2>&1
test "$(PYTHONPATH=/opt/sample /usr/bin/python3 -c 'import sample; print(len(sample.text))')" = 300000
`,
  );
  return target.onHostMeanwhile(
    `mkdir "$work/build" "$mount/tmp/in_target.d" 2>/dev/null || mkdir -p "$work/build"
    export TMP_BUILD_DIR=$work/build
    "$staging/root.d/11-pip-cache"
    mount --bind "$staging" "$mount/tmp/in_target.d"
    chroot "$mount" /bin/bash -e /tmp/install
    "$staging/post-root.d/99-pip-cache"`,
    { DIB_PIP_CACHE_DIR: store, HOME: '/root', no_proxy: '127.0.0.1', PIP_NO_CACHE_DIR: 'false' },
  );
}

/** Serves a package index with one source package from a process of its own, and notes what is asked for. */
async function startIndex(t: TestContext): Promise<{ readonly url: string; readonly requests: () => string[] }> {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'sample-1.0/sample'), { recursive: true });
  writeFileSync(join(directory, 'sample-1.0/sample/__init__.py'), `text = "${'x'.repeat(300_000)}"\n`);
  writeFileSync(
    join(directory, 'sample-1.0/setup.py'),
    'from setuptools import setup\nsetup(name="sample", version="1.0", packages=["sample"])\n',
  );
  writeFileSync(join(directory, 'sample-1.0/PKG-INFO'), 'Metadata-Version: 1.0\nName: sample\nVersion: 1.0\n');
  assert.equal(spawnSync('tar', ['-czf', 'sample-1.0.tar.gz', 'sample-1.0'], { cwd: directory }).status, 0);
  writeFileSync(
    join(directory, 'server.mjs'),
    `import { createServer } from 'node:http';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const server = createServer((request, response) => {
  appendFileSync('requests', request.url + '\\n');
  response.setHeader('ETag', '"1"');
  if (request.headers['if-none-match'] === '"1"') { response.statusCode = 304; return response.end(); }
  if (request.url === '/simple/sample/') {
    response.setHeader('Content-Type', 'text/html');
    return response.end('<!DOCTYPE html><a href="/sample-1.0.tar.gz">sample-1.0.tar.gz</a>');
  }
  if (request.url !== '/sample-1.0.tar.gz') { response.statusCode = 404; return response.end(); }
  response.setHeader('Cache-Control', 'max-age=365000000, immutable');
  response.end(readFileSync('sample-1.0.tar.gz'));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`,
  );
  const child = spawn(process.execPath, ['server.mjs'], { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  const port = await new Promise<string>((resolve) =>
    child.stdout.once('data', (text) => resolve(String(text).trim())),
  );
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => readFileSync(join(directory, 'requests'), 'utf8').trim().split('\n'),
  };
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-pip-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
