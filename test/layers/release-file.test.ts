import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { digestOf } from '../../src/base/digest.js';
import { openReleaseFiles } from '../../src/layers/release-file.js';

async function serve(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  context.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a release file is read once, with its time', async (context) => {
  let count = 0;
  const base = await serve(context, (_, answer) => {
    count += 1;
    answer.setHeader('last-modified', 'Thu, 01 Jan 1970 00:00:05 GMT');
    answer.end('content');
  });
  const read = openReleaseFiles({});
  const expected = { digest: digestOf('content'), isKnown: true, modifiedMs: 5000 };
  assert.deepEqual(await read(`${base}/dists/s/InRelease`), expected);
  assert.deepEqual(await read(`${base}/dists/s/InRelease`), expected);
  assert.equal(count, 1);
});

test('an archive without InRelease is known by Release, redirections are followed', async (context) => {
  const base = await serve(context, (request, answer) => {
    if (request.url === '/dists/s/Release') {
      answer.writeHead(302, { location: '/moved' });
      answer.end();
    } else if (request.url === '/moved') answer.end('old kind');
    else {
      answer.statusCode = 404;
      answer.end();
    }
  });
  assert.equal((await openReleaseFiles({})(`${base}/dists/s/InRelease`)).digest, digestOf('old kind'));
});

test('a proxy is asked with the whole address, but not for what no_proxy names', async (context) => {
  const asked: string[] = [];
  const proxy = await serve(context, (request, answer) => {
    asked.push(request.url ?? '');
    answer.end('x');
  });
  await openReleaseFiles({ http_proxy: proxy })('http://deb.example/dists/s/InRelease');
  assert.deepEqual(asked, ['http://deb.example/dists/s/InRelease']);
  const direct = await openReleaseFiles({ http_proxy: proxy, no_proxy: 'deb.invalid' })('http://deb.invalid/InRelease');
  assert.equal(direct.isKnown, false);
  assert.equal(asked.length, 1);
});

test('what cannot be read is not known, and says why', async () => {
  const state = await openReleaseFiles({})('ftp://x.example/InRelease');
  assert.deepEqual(state, { digest: 'cannot be reached: ftp: is not looked at', isKnown: false, modifiedMs: 0 });
});
