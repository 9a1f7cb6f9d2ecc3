import { constants, type FileHandle, mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { hasErrorCode } from '../base/build-error.js';
import type { Command, Ports } from '../model/ports.js';

/** A file in the making, on the file system of the output directory. */
export interface Draft {
  /** Where programs write and read it. */
  readonly path: string;
  /** Flushes it and puts it at its final path in one step; what was there is replaced. */
  publish(finalPath: string): Promise<void>;
  /** Removes it. Does nothing after `publish`, or a second time. */
  discard(): Promise<void>;
}

/** `O_TMPFILE` of Linux, the bits of `O_DIRECTORY` included (UAPI asm-generic/fcntl.h). */
const unnamedFileFlag = 0o20000000 | constants.O_DIRECTORY;

/**
 * Opens an empty draft.
 *
 * It has no name until it is published, so that nothing is left when the build is killed; programs reach it through
 * `/proc`. On file systems without unnamed files it lies in a hidden directory beside its final path.
 */
export async function openDraft(finalPath: string, ports: Ports): Promise<Draft> {
  return (await openUnnamedDraft(finalPath, ports)) ?? (await openNamedDraft(finalPath));
}

async function openUnnamedDraft(finalPath: string, ports: Ports): Promise<Draft | undefined> {
  const handle = await openUnnamedFile(dirname(finalPath));
  if (handle === undefined) return undefined;
  const path = `/proc/${process.pid}/fd/${handle.fd}`;
  if (!(await isSameFile(path, handle))) {
    await handle.close();
    return undefined;
  }
  const flushing = flushMeanwhile(handle);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await flushing.end();
    await handle.close();
  };
  return {
    path,
    async publish(target) {
      try {
        const failure = await flushing.end();
        if (failure !== undefined) throw failure;
        await handle.sync();
        await ports.programs.require(linkCommand(path, target));
      } finally {
        await close();
      }
      await syncDirectory(dirname(target));
    },
    discard: close,
  };
}

const flushPauseMs = 50;

/**
 * Flushes what programs have written while they write more, so that the flush before publishing waits for little.
 *
 * @returns ends it, and gives what it failed with: the system tells each failure to a descriptor once (fsync(2))
 */
function flushMeanwhile(handle: FileHandle): { end(): Promise<unknown> } {
  const stop = new AbortController();
  const run = async (): Promise<unknown> => {
    while (!stop.signal.aborted) {
      await setTimeout(flushPauseMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
      if (stop.signal.aborted) return undefined;
      try {
        await handle.datasync();
      } catch (error) {
        return error;
      }
    }
    return undefined;
  };
  const running = run();
  return {
    end() {
      stop.abort();
      return running;
    },
  };
}

/**
 * `--logical` follows the link in /proc (linkat with AT_SYMLINK_FOLLOW), which Node's own call does not.
 *
 * With `--force` a file that is there is replaced in one step: ln links to another name first and renames at once, where
 * a second program would leave that name behind when the build is killed in between.
 */
function linkCommand(path: string, name: string): Command {
  return { program: 'ln', arguments: ['--logical', '--force', '-T', '--', path, name] };
}

async function openUnnamedFile(directory: string): Promise<FileHandle | undefined> {
  try {
    return await open(directory, unnamedFileFlag | constants.O_RDWR, 0o666);
  } catch (error) {
    // Kernels and file systems without it answer with one of these (open(2)).
    if (['EOPNOTSUPP', 'ENOTSUP', 'EISDIR', 'EINVAL'].some((code) => hasErrorCode(error, code))) return undefined;
    throw error;
  }
}

/** Whether programs will reach the file through /proc: it may be missing, or show another process's numbers. */
async function isSameFile(path: string, handle: FileHandle): Promise<boolean> {
  try {
    const [seen, meant] = await Promise.all([stat(path), handle.stat()]);
    return seen.dev === meant.dev && seen.ino === meant.ino;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'EACCES')) return false;
    throw error;
  }
}

/** A draft in a hidden directory beside the final path, for what must have a name. */
export async function openNamedDraft(finalPath: string): Promise<Draft> {
  const directory = await mkdtemp(hiddenPrefix(finalPath));
  const path = join(directory, basename(finalPath));
  const discard = (): Promise<void> => rm(directory, { recursive: true, force: true });
  return {
    path,
    async publish(target) {
      await syncFile(path);
      await rename(path, target);
      await discard();
      await syncDirectory(dirname(target));
    },
    discard,
  };
}

function hiddenPrefix(finalPath: string): string {
  return join(dirname(finalPath), `.${basename(finalPath)}.`);
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Some file systems refuse to flush a directory; the file itself is safe by then. */
async function syncDirectory(directory: string): Promise<void> {
  try {
    await syncFile(directory);
  } catch (error) {
    if (!hasErrorCode(error, 'EINVAL') && !hasErrorCode(error, 'EACCES')) throw error;
  }
}
