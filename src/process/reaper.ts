import { spawn } from 'node:child_process';

/** A process that outlives us for a moment to remove a directory. */
export interface Reaper {
  /** Tells it to remove the directory now, and waits until that is done. */
  reap(): Promise<void>;
}

/**
 * For sh, as bash would read ~/.bashrc when its standard input is a socket, which Node's pipes are.
 *
 * Removes the directory when its standard input ends: at {@link Reaper.reap}, or when we are killed. Processes that
 * the kernel is still ending may write once more, hence the repeats.
 */
const reapScript = `
cat >/dev/null
for attempt in 1 2 3 4 5 6 7 8 9 10; do
    "$@" && exit 0
    sleep 0.2
done
exit 1
`;

/**
 * Starts the reaper of a working directory that lies on disk, where the end of the namespace does not remove it.
 *
 * @param prefix words before `rm`, for example the user namespace that may remove files of subordinate ids
 */
export function startReaper(options: {
  readonly directory: string;
  readonly prefix: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}): Reaper {
  const child = spawn(
    'sh',
    ['-c', reapScript, 'reaper', ...options.prefix, 'rm', '-rf', '--one-file-system', '--', options.directory],
    { detached: true, stdio: ['pipe', 'ignore', 'inherit'], env: options.environment, cwd: '/' },
  );
  child.unref();
  const exit = new Promise<void>((settle) => {
    child.once('error', () => settle());
    child.once('exit', () => settle());
  });
  return {
    async reap() {
      child.ref();
      child.stdin?.end();
      await exit;
    },
  };
}
