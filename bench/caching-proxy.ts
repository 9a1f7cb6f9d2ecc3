import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** How often the proxy answered from its store, and how often it had to ask. */
export interface ProxyCounts {
  readonly hits: number;
  readonly misses: number;
  /** Encrypted connections, which pass through uncached. */
  readonly tunnels: number;
}

/** A running proxy. */
export interface CachingProxy {
  /** What to give as `http_proxy`. */
  readonly url: string;
  /** Counts since the last call. */
  takeCounts(): ProxyCounts;
  close(): Promise<void>;
}

/** What is kept beside a stored body. */
interface StoredAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers kept for good: what an archive has, and what it has not. Redirects and errors of servers are asked again. */
const keptStatuses: ReadonlySet<number> = new Set([200, 404, 410]);

/** How long an archive may say nothing before its answer counts as failed. */
const defaultSilenceMs = 60_000;

/** Headers of a body that stay true for its copy. */
const keptHeaders = ['content-type', 'last-modified', 'etag'] as const;

/**
 * Starts a forward proxy on the loopback interface that keeps every answer to GET on disk, named by its URL, for ever.
 *
 * So each tool of a benchmark sees the same state of the archives, at the speed of the loopback interface.
 * Two requests for one URL ask the server once. Range and conditional headers are not passed on: the whole body is sent.
 */
export async function openCachingProxy({
  directory,
  silenceMs = defaultSilenceMs,
}: {
  readonly directory: string;
  readonly silenceMs?: number;
}): Promise<CachingProxy> {
  await mkdir(directory, { recursive: true });
  const counts = { hits: 0, misses: 0, tunnels: 0 };
  const running = new Map<string, Promise<void>>();
  const sockets = new Set<Socket>();

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(502, { 'content-type': 'text/plain' });
      response.end(`${error.message}\n`);
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '';
    if (!url.startsWith('http://') || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(501, { 'content-type': 'text/plain' }).end('only GET and HEAD of http addresses\n');
      return;
    }
    const bodyPath = storedPath(directory, url);
    if (await isStored(bodyPath)) {
      counts.hits += 1;
    } else {
      counts.misses += 1;
      const fetching = running.get(url) ?? fetchInto({ url, bodyPath, silenceMs }).finally(() => running.delete(url));
      running.set(url, fetching);
      await fetching;
    }
    await sendStored({ bodyPath, isHead: request.method === 'HEAD', response });
  }

  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    counts.tunnels += 1;
    openTunnel({ target: request.url ?? '', client, head });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takeCounts: () => {
      const taken = { ...counts };
      counts.hits = counts.misses = counts.tunnels = 0;
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Where the body of a URL is kept; its status and headers lie beside it, with `.json` after the name. */
export function storedPath(directory: string, url: string): string {
  return join(directory, createHash('sha256').update(url).digest('hex'));
}

async function isStored(bodyPath: string): Promise<boolean> {
  // The description is written last, so its presence means that the body is whole.
  return stat(`${bodyPath}.json`).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

async function fetchInto({
  url,
  bodyPath,
  silenceMs,
}: {
  readonly url: string;
  readonly bodyPath: string;
  readonly silenceMs: number;
}): Promise<void> {
  const incoming = await request(url, silenceMs);
  const status = incoming.statusCode ?? 0;
  const partialPath = `${bodyPath}.${randomUUID()}`;
  try {
    await pipeline(incoming, createWriteStream(partialPath));
    if (!keptStatuses.has(status)) throw new Error(`${url} answered ${status}`);
    const headers = Object.fromEntries(
      keptHeaders.flatMap((name) => {
        const value = incoming.headers[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
    await rename(partialPath, bodyPath);
    const stored: StoredAnswer = { url, status, headers };
    await writeFile(`${partialPath}.json`, JSON.stringify(stored));
    await rename(`${partialPath}.json`, `${bodyPath}.json`);
  } finally {
    await rm(partialPath, { force: true });
  }
}

/** Asks a server, following up to five redirects. */
async function request(url: string, silenceMs: number, redirectsLeft = 5): Promise<IncomingMessage> {
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = get(url, { headers: { 'user-agent': 'bench' }, timeout: silenceMs }, resolve).on('error', reject);
    asked.on('timeout', () => asked.destroy(new Error(`${url} said nothing for ${silenceMs / 1000} s`)));
  });
  const { location } = incoming.headers;
  if ([301, 302, 307, 308].includes(incoming.statusCode ?? 0) && location !== undefined && redirectsLeft > 0) {
    incoming.resume();
    return request(new URL(location, url).href, silenceMs, redirectsLeft - 1);
  }
  return incoming;
}

async function sendStored({
  bodyPath,
  isHead,
  response,
}: {
  readonly bodyPath: string;
  readonly isHead: boolean;
  readonly response: ServerResponse;
}): Promise<void> {
  const stored = JSON.parse(await readFile(`${bodyPath}.json`, 'utf8')) as StoredAnswer;
  const { size } = await stat(bodyPath);
  response.writeHead(stored.status, { ...stored.headers, 'content-length': String(size) });
  if (isHead) response.end();
  else await pipeline(createReadStream(bodyPath, { highWaterMark: 1 << 20 }), response);
}

function openTunnel({
  target,
  client,
  head,
}: {
  readonly target: string;
  readonly client: Socket;
  readonly head: Buffer;
}): void {
  const { hostname, port } = new URL(`tunnel://${target}`);
  const upstream = connect(Number(port || 443), hostname, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.write(head);
    upstream.pipe(client).pipe(upstream);
  });
  upstream.on('error', () => client.destroy());
  client.on('error', () => upstream.destroy());
}

async function listenOnLoopback(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
}
