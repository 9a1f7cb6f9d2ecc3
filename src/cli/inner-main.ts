import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { buildInside } from '../build/build-inside.js';
import type { SandboxMessage } from '../model/sandbox-message.js';

/**
 * The program inside the build's namespace. Descriptor 3 brings the plan as the first line, then `stop` to stop;
 * its end means that the outer process has died, and nothing is worth doing any more.
 */
const stop = new AbortController();
// A socket, not a file stream: a file stream's read would block a thread that the exit waits for.
const lines = createInterface({
  input: new Socket({ fd: 3, readable: true, writable: false }),
  crlfDelay: Number.POSITIVE_INFINITY,
});
let isStarted = false;

process.on('SIGINT', () => stop.abort());
process.on('SIGTERM', () => stop.abort());
process.stdout.on('error', () => undefined);

lines.on('line', (line) => {
  if (!isStarted) {
    isStarted = true;
    void start(JSON.parse(line) as SandboxMessage);
  } else if (line === 'stop') {
    stop.abort();
  }
});
lines.on('close', () => process.exit(137));

async function start(message: SandboxMessage): Promise<void> {
  const exitStatus = await buildInside({
    message,
    signal: stop.signal,
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    columns: () => process.stdout.columns ?? 80,
  });
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitStatus)));
}
