import { readdirSync, readFileSync } from 'node:fs';

const sampleEveryMs = 250;

/**
 * Watches the Node processes below a process, those in other namespaces too.
 *
 * The kernel keeps each process's largest resident set (`VmHWM`), so a sample is late only by what grew after it.
 *
 * @returns `stop` ends the watch and gives the largest resident set in bytes that one Node process had
 */
export function watchNodeMemory(rootPid: number): { readonly stop: () => number } {
  let peakBytes = 0;
  const sample = (): void => {
    for (const pid of descendants(rootPid)) {
      const status = readOrEmpty(`/proc/${pid}/status`);
      if (isNode(status)) peakBytes = Math.max(peakBytes, parsePeakBytes(status));
    }
  };
  const timer = setInterval(sample, sampleEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      return peakBytes;
    },
  };
}

/** The largest resident set in bytes that a `/proc/PID/status` tells; 0 where it tells none. */
export function parsePeakBytes(status: string): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

function isNode(status: string): boolean {
  // Node names its main thread so from version 22 on, and by its program before.
  return /^Name:\t(node|node-MainThread|MainThread)$/m.test(status);
}

function descendants(rootPid: number): readonly string[] {
  const found: string[] = [];
  const waiting = [String(rootPid)];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    found.push(pid);
    for (const thread of listOrEmpty(`/proc/${pid}/task`))
      waiting.push(...readOrEmpty(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean));
  }
  return found;
}

function readOrEmpty(path: string): string {
  return orWhenGone(() => readFileSync(path, 'utf8'), '');
}

function listOrEmpty(path: string): readonly string[] {
  return orWhenGone(() => readdirSync(path), []);
}

/** A process may end while it is looked at. */
function orWhenGone<Value>(read: () => Value, whenGone: Value): Value {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return whenGone;
    throw error;
  }
}
