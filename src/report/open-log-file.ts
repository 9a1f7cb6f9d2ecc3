import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { BuildError } from '../base/build-error.js';

/** A file that only grows. */
export interface LogFile {
  /** Appends and returns once the kernel has it, so that a killed build loses nothing. The first failure is kept. */
  append(text: string): void;
  /** The first write that failed, or undefined; nothing is written after it. */
  failure(): Error | undefined;
  /** Brings the content to the disk. */
  close(): void;
}

/**
 * Opens a log file for appending; a new one can be read by its owner only, since build logs show environments.
 *
 * @throws BuildError `OUTPUT_UNWRITABLE` when it cannot be opened
 */
export function openLogFile(path: string): LogFile {
  const descriptor = openForAppending(path);
  let failure: Error | undefined;
  let isOpen = true;
  return {
    append(text) {
      if (failure !== undefined || !isOpen) return;
      try {
        const bytes = Buffer.from(text);
        for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
    },
    failure: () => failure,
    close() {
      if (!isOpen) return;
      isOpen = false;
      try {
        fsyncSync(descriptor);
      } catch {
        // Pipes and terminals cannot be synchronised (EINVAL), and what can be has been written already.
      }
      closeSync(descriptor);
    },
  };
}

function openForAppending(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw new BuildError({
      code: 'OUTPUT_UNWRITABLE',
      message: `the log file ${path} cannot be opened for writing: ${error instanceof Error ? error.message : error}`,
      hint: 'name a file in an existing, writable directory with --logfile',
      cause: error,
    });
  }
}
