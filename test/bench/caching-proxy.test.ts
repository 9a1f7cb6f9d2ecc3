import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type CachingProxy, openCachingProxy } from '../../bench/caching-proxy.js';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly lastModified: string | undefined;
}

const modified = 'Sat, 01 Mar 2025 10:00:00 GMT';

/** An archive that counts its requests, and a proxy before it. */
async function openPair(context: TestContext): Promise<{
  readonly proxy: CachingProxy;
  readonly archiveUrl: string;
  readonly asked: string[];
  readonly directory: string;
}> {
  const asked: string[] = [];
  const archive = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    if (incoming.url === '/missing') response.writeHead(404).end('none');
    else if (incoming.url === '/silent') asked.push('and nothing is said');
    else if (incoming.url === '/stalled') response.writeHead(200).write('the first half');
    else if (incoming.url === '/broken') response.writeHead(500).end('broken');
    else if (incoming.url === '/moved') response.writeHead(302, { location: '/pool/a.deb' }).end();
    else response.writeHead(200, { 'last-modified': modified }).end(`body of ${incoming.url}`);
  });
  await new Promise<void>((resolve) => archive.listen(0, '127.0.0.1', resolve));
  const directory = mkdtempSync(join(tmpdir(), 'caching-proxy-'));
  const proxy = await openCachingProxy({ directory, silenceMs: 300 });
  context.after(async () => {
    await proxy.close();
    archive.closeAllConnections();
    await new Promise((resolve) => archive.close(resolve));
    rmSync(directory, { recursive: true });
  });
  return { proxy, archiveUrl: `http://127.0.0.1:${(archive.address() as AddressInfo).port}`, asked, directory };
}

function ask(proxy: CachingProxy, url: string, method = 'GET'): Promise<Answer> {
  const { hostname, port } = new URL(proxy.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, method, path: url, agent: false }, (incoming) => {
      let body = '';
      incoming.on('data', (piece: Buffer) => {
        body += piece;
      });
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, body, lastModified: incoming.headers['last-modified'] }),
      );
    })
      .on('error', reject)
      .end();
  });
}

test('the second request for a file is answered without asking the archive', async (context) => {
  const { proxy, archiveUrl, asked } = await openPair(context);
  const expected = { status: 200, body: 'body of /pool/a.deb', lastModified: modified };
  assert.deepEqual(await ask(proxy, `${archiveUrl}/pool/a.deb`), expected);
  assert.deepEqual(await ask(proxy, `${archiveUrl}/pool/a.deb`), expected);
  assert.deepEqual(asked, ['GET /pool/a.deb']);
  assert.deepEqual(proxy.takeCounts(), { hits: 1, misses: 1, tunnels: 0 });
  assert.deepEqual(proxy.takeCounts(), { hits: 0, misses: 0, tunnels: 0 });
});

test('two requests for one file at once ask the archive once', async (context) => {
  const { proxy, archiveUrl, asked } = await openPair(context);
  const answers = await Promise.all([ask(proxy, `${archiveUrl}/dists/x`), ask(proxy, `${archiveUrl}/dists/x`)]);
  assert.deepEqual(
    answers.map(({ body }) => body),
    ['body of /dists/x', 'body of /dists/x'],
  );
  assert.deepEqual(asked, ['GET /dists/x']);
});

test('what an archive does not have is remembered', async (context) => {
  const { proxy, archiveUrl, asked } = await openPair(context);
  for (let round = 0; round < 2; round += 1)
    assert.deepEqual(await ask(proxy, `${archiveUrl}/missing`), { status: 404, body: 'none', lastModified: undefined });
  assert.deepEqual(asked, ['GET /missing']);
});

test('an error of the archive is told and not remembered', async (context) => {
  const { proxy, archiveUrl, asked, directory } = await openPair(context);
  for (let round = 0; round < 2; round += 1)
    assert.deepEqual(await ask(proxy, `${archiveUrl}/broken`), {
      status: 502,
      body: `${archiveUrl}/broken answered 500\n`,
      lastModified: undefined,
    });
  assert.deepEqual(asked, ['GET /broken', 'GET /broken']);
  assert.deepEqual(readdirSync(directory), []);
});

test('an archive that falls silent is an error, not a wait', async (context) => {
  const { proxy, archiveUrl, directory } = await openPair(context);
  for (const name of ['silent', 'stalled']) assert.equal((await ask(proxy, `${archiveUrl}/${name}`)).status, 502, name);
  assert.deepEqual(readdirSync(directory), []);
});

test('redirects are followed and the answer is kept under the address that was asked', async (context) => {
  const { proxy, archiveUrl, asked } = await openPair(context);
  for (let round = 0; round < 2; round += 1)
    assert.equal((await ask(proxy, `${archiveUrl}/moved`)).body, 'body of /pool/a.deb');
  assert.deepEqual(asked, ['GET /moved', 'GET /pool/a.deb']);
});

test('a request for the headers alone gets no body', async (context) => {
  const { proxy, archiveUrl } = await openPair(context);
  assert.deepEqual(await ask(proxy, `${archiveUrl}/a`, 'HEAD'), { status: 200, body: '', lastModified: modified });
});

test('other methods are refused', async (context) => {
  const { proxy, archiveUrl, asked } = await openPair(context);
  assert.equal((await ask(proxy, `${archiveUrl}/a`, 'DELETE')).status, 501);
  assert.deepEqual(asked, []);
});
