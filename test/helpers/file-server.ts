import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory served over HTTP on the loopback interface. */
export interface FileServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Paths that were asked for and given whole (200), in order. */
  requests(): readonly string[];
  close(): void;
}

/** The program that serves; a process of its own, as tests wait for builds without turning their event loop. */
const program = `import { createServer } from 'node:http';
import { appendFileSync, createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
const [directory, log] = process.argv.slice(2);
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, 'http://host').pathname);
  const status = statSync(join(directory, path), { throwIfNoEntry: false });
  if (status === undefined || path.includes('/../')) { response.statusCode = 404; return response.end(); }
  if (status.isDirectory()) {
    appendFileSync(log, path + '\\n');
    response.setHeader('Content-Type', 'text/html');
    const links = readdirSync(join(directory, path)).map((name) => '<a href="' + encodeURIComponent(name) + '">' + name + '</a>');
    return response.end('<!DOCTYPE html>' + links.join('\\n'));
  }
  const tag = '"' + status.size + '-' + status.mtimeMs + '"';
  response.setHeader('ETag', tag);
  response.setHeader('Last-Modified', new Date(status.mtimeMs).toUTCString());
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  if (request.headers['if-none-match'] === tag || Math.floor(status.mtimeMs / 1000) * 1000 <= since) {
    response.statusCode = 304;
    return response.end();
  }
  appendFileSync(log, path + '\\n');
  response.setHeader('Content-Length', status.size);
  createReadStream(join(directory, path)).pipe(response);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** Serves a directory from a process of its own until closed. */
export async function serveDirectory(directory: string): Promise<FileServer> {
  const work = mkdtempSync(join(tmpdir(), 'dib-server-'));
  const log = join(work, 'requests');
  writeFileSync(join(work, 'server.mjs'), program);
  const child = spawn(process.execPath, [join(work, 'server.mjs'), directory, log], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', (text) => resolve(String(text).trim()));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : []),
    close() {
      child.kill();
      rmSync(work, { recursive: true, force: true });
    },
  };
}
