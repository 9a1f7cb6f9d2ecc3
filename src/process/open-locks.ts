import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Locks } from '../model/ports.js';

/**
 * Holds flock(2) locks for us: Node has no call for it. A file that was removed meanwhile is not the one that others
 * would lock, hence the comparison. The end of standard input, so our own end, releases everything.
 */
const lockScript = `
declare -A descriptors
while IFS=$'\\t' read -r action id mode path; do
    if [ "$action" = unlock ]; then
        descriptor=\${descriptors[$id]}
        exec {descriptor}>&-
        unset "descriptors[$id]"
        echo "free u$id"
        continue
    fi
    while :; do
        if ! exec {descriptor}>>"$path"; then echo "failed $id"; continue 2; fi
        if ! flock "$mode" "$descriptor" 2>/dev/null; then
            exec {descriptor}>&-
            echo "busy $id"
            continue 2
        fi
        [ "$path" -ef "/proc/self/fd/$descriptor" ] && break
        exec {descriptor}>&-
    done
    descriptors[$id]=$descriptor
    echo "held $id"
done
`;

/**
 * Opens locks that other processes respect too, in whatever namespace they are. They are released when we end, however
 * we end.
 *
 * @param options.pathDirectories where bash and flock are found
 */
export function openLocks(options: { readonly pathDirectories: readonly string[] }): Locks {
  // `exec` with a failing redirection would end a POSIX shell, not bash.
  // Bash would read ~/.bashrc when its standard input is a socket, which Node's pipes are.
  const child = spawn('bash', ['--norc', '-c', lockScript, 'locks'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: options.pathDirectories.join(':'), LC_ALL: 'C.UTF-8' },
    cwd: '/',
  });
  child.unref();
  const waiting = new Map<string, (answer: string) => void>();
  let isGone = false;
  let lastId = 0;
  const end = (): void => {
    isGone = true;
    for (const settle of waiting.values()) settle('failed');
    waiting.clear();
  };
  child.once('error', end);
  child.once('exit', end);
  child.stdin.on('error', end);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [answer = '', id = ''] = line.split(' ');
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  const ask = (id: string, words: readonly string[]): Promise<string> =>
    new Promise((settle) => {
      if (isGone) return settle('failed');
      waiting.set(id, settle);
      child.stdin.write(`${words.join('\t')}\n`);
    });
  const lock = async (path: string, mode: string): Promise<(() => Promise<void>) | undefined> => {
    lastId += 1;
    const id = String(lastId);
    const answer = await ask(id, ['lock', id, mode, path]);
    if (answer === 'busy') return undefined;
    if (answer !== 'held') throw new Error(`Internal error: cannot lock ${path}`);
    return async () => {
      await ask(`u${id}`, ['unlock', id]).catch(() => undefined);
    };
  };
  return {
    async acquire(path) {
      const release = await lock(path, '-x');
      if (release === undefined) throw new Error(`Internal error: cannot lock ${path}`);
      return release;
    },
    tryAcquire: (path) => lock(path, '-xn'),
    close() {
      child.stdin.end();
    },
  };
}
