import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';

const program = join(builtinElementsDirectory, 'cache-url/bin/cache-url');
const skip = spawnSync('curl', ['--version']).status === 0 ? false : 'curl is not installed';
const lastModified = 'Wed, 01 Jan 2025 00:00:00 GMT';

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

test('a file is fetched whole, privately, with the time of the server', { skip }, async (t) => {
  const { url, directory, requests } = await serve(t, answer('content\n'));
  const outcome = await cacheUrl([`${url}/file`, `${directory}/sub/dir/file`]);
  assert.deepEqual(outcome, { status: 0, stdout: `Fetched ${url}/file\n`, stderr: '' });
  assert.equal(readFileSync(`${directory}/sub/dir/file`, 'utf8'), 'content\n');
  const { mode, mtime } = statSync(`${directory}/sub/dir/file`);
  assert.deepEqual([mode & 0o777, mtime.toUTCString()], [0o600, lastModified]);
  assert.deepEqual(readdirSync(`${directory}/sub/dir`), ['file']);
  assert.equal(requests[0]?.headers['if-modified-since'], undefined);
});

test('a file that did not change is kept as it is', { skip }, async (t) => {
  const { url, directory, requests } = await serve(t, answer('content\n'));
  await cacheUrl([`${url}/file`, `${directory}/file`]);
  const before = statSync(`${directory}/file`);
  const outcome = await cacheUrl([`${url}/file`, `${directory}/file`]);
  assert.equal(outcome.stdout, `Server copy has not changed, using the cached ${directory}/file\n`);
  const after = statSync(`${directory}/file`);
  assert.deepEqual([after.mtimeMs, after.ino], [before.mtimeMs, before.ino]);
  assert.equal(requests[1]?.headers['if-modified-since'], lastModified);
});

test('-f asks past all caches and without a condition', { skip }, async (t) => {
  const { url, directory, requests } = await serve(t, answer('new\n'));
  writeFileSync(`${directory}/file`, 'old\n');
  const outcome = await cacheUrl(['-f', `${url}/file`, `${directory}/file`]);
  assert.equal(outcome.status, 0);
  assert.equal(readFileSync(`${directory}/file`, 'utf8'), 'new\n');
  const { pragma, 'cache-control': cacheControl, 'if-modified-since': condition } = requests[0]?.headers ?? {};
  assert.deepEqual(
    [pragma, cacheControl, condition],
    ['no-cache, must-revalidate', 'no-cache, must-revalidate', undefined],
  );
});

test('a missing page is status 44, another answer 1, and the old file stays', { skip }, async (t) => {
  const { url, directory } = await serve(t, (request, response) => {
    response.statusCode = request.url === '/missing' ? 404 : 403;
    response.end('error page');
  });
  writeFileSync(`${directory}/file`, 'old\n');
  const missing = await cacheUrl([`${url}/missing`, `${directory}/file`]);
  assert.deepEqual([missing.status, missing.stderr], [44, `cache-url: there is no ${url}/missing (404)\n`]);
  const forbidden = await cacheUrl([`${url}/forbidden`, `${directory}/file`]);
  assert.deepEqual(
    [forbidden.status, forbidden.stderr],
    [
      1,
      `cache-url: the server answered 403 for ${url}/forbidden: it wants credentials (https://USER:PASSWORD@HOST/...) or refuses those given\n`,
    ],
  );
  assert.equal(readFileSync(`${directory}/file`, 'utf8'), 'old\n');
  assert.deepEqual(readdirSync(directory), ['file']);
});

test('a transfer that breaks ends with the status of curl and leaves nothing', { skip }, async (t) => {
  const { url, directory } = await serve(t, (_request, response) => {
    response.setHeader('Content-Length', '100');
    response.write('part');
    setImmediate(() => response.destroy());
  });
  const outcome = await cacheUrl([`${url}/file`, `${directory}/file`]);
  assert.equal(outcome.status, 18);
  assert.match(outcome.stderr, /cache-url: fetching .*\/file failed, curl ended with status 18\n$/);
  assert.deepEqual(readdirSync(directory), []);
});

test('an empty first answer is an error', { skip }, async (t) => {
  const { url, directory } = await serve(t, answer(''));
  const outcome = await cacheUrl([`${url}/file`, `${directory}/file`]);
  assert.deepEqual([outcome.status, outcome.stderr], [1, `cache-url: ${url}/file is empty\n`]);
  assert.deepEqual(readdirSync(directory), []);
});

test('a digest is checked before the file is replaced, and spares the request when it fits', { skip }, async (t) => {
  const { url, directory, requests } = await serve(t, answer('content\n'));
  const digest = createHash('sha256').update('content\n').digest('hex');
  writeFileSync(`${directory}/file`, 'corrupt\n');
  const refused = await cacheUrl(['--sha256', '0'.repeat(64), `${url}/file`, `${directory}/file`]);
  assert.deepEqual(
    [refused.status, refused.stderr],
    [1, `cache-url: ${url}/file has not the digest sha256:${'0'.repeat(64)}\n`],
  );
  assert.equal(readFileSync(`${directory}/file`, 'utf8'), 'corrupt\n');
  const mended = await cacheUrl([
    '--sha256',
    digest.toUpperCase(),
    '--mode',
    '0644',
    `${url}/file`,
    `${directory}/file`,
  ]);
  assert.equal(mended.status, 0);
  assert.equal(readFileSync(`${directory}/file`, 'utf8'), 'content\n');
  assert.equal(statSync(`${directory}/file`).mode & 0o777, 0o644);
  const asked = requests.length;
  assert.equal((await cacheUrl(['--sha256', digest, `${url}/file`, `${directory}/file`])).status, 0);
  assert.equal(requests.length, asked);
});

test('offline the cached file is used, and a missing one is named', { skip }, async (t) => {
  const { url, directory, requests } = await serve(t, answer('content\n'));
  writeFileSync(`${directory}/file`, 'cached\n');
  const cached = await cacheUrl([`${url}/file`, `${directory}/file`], { DIB_OFFLINE: '1' });
  assert.deepEqual([cached.status, cached.stdout], [0, `Offline: using the cached ${directory}/file\n`]);
  const missing = await cacheUrl([`${url}/other`, `${directory}/other`], { DIB_OFFLINE: '1' });
  assert.deepEqual(
    [missing.status, missing.stderr],
    [1, `cache-url: offline, and ${directory}/other is not in the cache; it comes from ${url}/other\n`],
  );
  assert.equal(requests.length, 0);
});

test('a local file is copied, and only when it is newer', { skip }, async (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(`${directory}/source`, 'local\n');
  assert.equal((await cacheUrl([`file://${directory}/source`, `${directory}/file`])).status, 0);
  assert.equal(readFileSync(`${directory}/file`, 'utf8'), 'local\n');
  writeFileSync(`${directory}/source`, 'older\n');
  utimesSync(`${directory}/source`, 1_000_000, 1_000_000);
  assert.equal((await cacheUrl([`file://${directory}/source`, `${directory}/file`])).status, 0);
  assert.equal(readFileSync(`${directory}/file`, 'utf8'), 'local\n');
});

test('a named pipe is written into', { skip }, async (t) => {
  const { url, directory } = await serve(t, answer('through the pipe\n'));
  assert.equal(spawnSync('mkfifo', [`${directory}/pipe`]).status, 0);
  const reading = run('cat', [`${directory}/pipe`], {});
  const outcome = await cacheUrl([`${url}/file`, `${directory}/pipe`], { TMPDIR: directory });
  assert.equal(outcome.status, 0);
  assert.equal((await reading).stdout, 'through the pipe\n');
  assert.deepEqual(readdirSync(directory), ['pipe']);
});

test('eight at once transfer the file once and leave nothing but it', { skip }, async (t) => {
  const { url, directory, requests } = await serve(t, answer('x'.repeat(1_000_000)));
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => cacheUrl([`${url}/file`, `${directory}/file`])));
  assert.deepEqual(
    outcomes.map((outcome) => [outcome.status, outcome.stderr]),
    Array.from({ length: 8 }, () => [0, '']),
  );
  assert.deepEqual(readdirSync(directory), ['file']);
  assert.equal(statSync(`${directory}/file`).size, 1_000_000);
  assert.equal(requests.filter((request) => request.headers['if-modified-since'] === undefined).length, 1);
});

test('wrong usage is status 64, -h is not wrong', { skip }, async () => {
  assert.equal((await cacheUrl(['-h'])).status, 0);
  const lines = [[], ['http://x'], ['a', 'b', 'c'], ['--wrong', 'a', 'b'], ['--sha256', 'x', 'a', 'b']];
  assert.deepEqual(await Promise.all(lines.map(async (line) => (await cacheUrl(line)).status)), [64, 64, 64, 64, 64]);
});

test('a password in a URL is not printed', { skip }, async (t) => {
  const { url, directory } = await serve(t, answer('content\n'));
  const outcome = await cacheUrl([url.replace('//', '//me:secret@'), `${directory}/file`]);
  assert.deepEqual(outcome, { status: 0, stdout: `Fetched ${url}\n`, stderr: '' });
});

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers as a file server does: 304 when the client has the file of that time. */
function answer(content: string): Listener {
  return (request, response) => {
    response.setHeader('Last-Modified', lastModified);
    const condition = request.headers['if-modified-since'];
    if (condition !== undefined && Date.parse(condition) >= Date.parse(lastModified)) response.statusCode = 304;
    response.end(response.statusCode === 304 ? undefined : content);
  };
}

async function serve(t: TestContext, listener: Listener) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, directory: temporaryDirectory(t) };
}

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-cache-url-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function cacheUrl(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return run(program, words, environment);
}

function run(name: string, words: readonly string[], environment: Readonly<Record<string, string>>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, words, {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', no_proxy: '127.0.0.1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject).on('close', (status) => resolve({ status, stdout: withoutWaiting(stdout), stderr }));
  });
}

function withoutWaiting(text: string): string {
  return text.replace(/^Waiting for another transfer.*\n/gm, '');
}
