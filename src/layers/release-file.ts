import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { digestOf } from '../base/digest.js';

/** What a package archive is at the moment. */
export interface ArchiveState {
  /** Digest of its signed release file. */
  readonly digest: string;
  /** False when it could not be read: then the digest stands for the reason. */
  readonly isKnown: boolean;
  /** When it was last changed, as the server says; 0 when it does not. */
  readonly modifiedMs: number;
}

/** How long a server may take. */
const timeoutMs = 20_000;

/**
 * Reads release files, each once, whoever asks; `InRelease`, or `Release` of archives that have no other.
 *
 * @param environment the caller's: `http_proxy`, `https_proxy`, `no_proxy`
 */
export function openReleaseFiles(
  environment: Readonly<Record<string, string>>,
): (address: string) => Promise<ArchiveState> {
  const known = new Map<string, Promise<ArchiveState>>();
  return (address) => {
    const state = known.get(address) ?? readState(address, environment);
    known.set(address, state);
    return state;
  };
}

async function readState(address: string, environment: Readonly<Record<string, string>>): Promise<ArchiveState> {
  try {
    const first = await get(address, environment);
    const answer = first.status === 404 ? await get(address.replace(/InRelease$/, 'Release'), environment) : first;
    if (answer.status === 200)
      return { digest: digestOf(answer.body), isKnown: true, modifiedMs: Date.parse(answer.modified) || 0 };
    return { digest: `answered with status ${answer.status}`, isKnown: false, modifiedMs: 0 };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { digest: `cannot be reached: ${reason}`, isKnown: false, modifiedMs: 0 };
  }
}

interface Answer {
  readonly status: number;
  readonly modified: string;
  readonly body: Buffer;
}

async function get(address: string, environment: Readonly<Record<string, string>>, hops = 5): Promise<Answer> {
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error(`${url.protocol} is not looked at`);
  const message = await send(url, proxyFor(url, environment));
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const status = message.statusCode ?? 0;
  const { location } = message.headers;
  if (status >= 300 && status < 400 && location !== undefined && hops > 0)
    return get(new URL(location, url).href, environment, hops - 1);
  return { status, modified: message.headers['last-modified'] ?? '', body: Buffer.concat(chunks) };
}

function send(url: URL, proxy: URL | undefined): Promise<IncomingMessage> {
  return new Promise((settle, fail) => {
    const headers = {
      host: url.host,
      'user-agent': 'diskimage-builder',
      'cache-control': 'max-age=0',
      ...(url.username === '' ? {} : { authorization: basic(url) }),
    };
    const start = (request: ReturnType<typeof requestHttp>): void => {
      request.once('response', settle);
      request.once('error', fail);
      request.setTimeout(timeoutMs, () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
      request.end();
    };
    const path = `${url.pathname}${url.search}`;
    if (proxy === undefined) {
      const open = url.protocol === 'https:' ? requestHttps : requestHttp;
      return start(open({ hostname: url.hostname, port: url.port, path, headers }));
    }
    const toProxy = {
      hostname: proxy.hostname,
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      ...(proxy.username === ''
        ? {}
        : { auth: `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}` }),
    };
    const open = proxy.protocol === 'https:' ? requestHttps : requestHttp;
    if (url.protocol === 'http:') return start(open({ ...toProxy, path: `http://${url.host}${path}`, headers }));
    // RFC 9110 §9.3.6: a tunnel, in which TLS is spoken with the server itself.
    const tunnel = open({ ...toProxy, method: 'CONNECT', path: `${url.hostname}:${url.port || 443}` });
    tunnel.once('error', fail);
    tunnel.once('connect', (answer, socket) => {
      if (answer.statusCode !== 200) return fail(new Error(`the proxy answered with status ${answer.statusCode}`));
      const secure = connectTls({ socket, servername: url.hostname });
      secure.once('error', fail);
      start(requestHttp({ createConnection: () => secure, path, headers }));
    });
    tunnel.setTimeout(timeoutMs, () => tunnel.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    tunnel.end();
  });
}

function basic(url: URL): string {
  const text = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

function proxyFor(url: URL, environment: Readonly<Record<string, string>>): URL | undefined {
  const scheme = url.protocol.slice(0, -1);
  const value = environment[`${scheme}_proxy`] || environment[`${scheme.toUpperCase()}_PROXY`] || environment.all_proxy;
  if (value === undefined || value === '') return undefined;
  const excepted = (environment.no_proxy ?? environment.NO_PROXY ?? '').split(',').map((entry) => entry.trim());
  const isExcepted = excepted.some(
    (entry) =>
      entry === '*' ||
      (entry !== '' && (url.hostname === entry || url.hostname.endsWith(`.${entry.replace(/^\./, '')}`))),
  );
  return isExcepted ? undefined : new URL(value.includes('://') ? value : `http://${value}`);
}
