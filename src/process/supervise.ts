import { spawn } from 'node:child_process';
import { constants as osConstants } from 'node:os';
import type { Writable } from 'node:stream';

/** What {@link superviseChild} needs. */
export interface SuperviseOptions {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** The first line that the child reads from descriptor 3. */
  readonly message: string;
}

/** A child with our terminal, and a line to it. */
export interface SupervisedChild {
  /** 0 to 255; 128 + signal number when a signal ended it. */
  readonly exit: Promise<number>;
  /** Writes a line to the child's descriptor 3; lost when the child has gone. */
  send(line: string): void;
}

/**
 * Starts a child that shares our terminal and process group, with a control pipe on descriptor 3. The child reads
 * one message, then words such as `stop`; the end of the pipe tells it that we have died.
 */
export function superviseChild(options: SuperviseOptions): SupervisedChild {
  const child = spawn(options.program, [...options.arguments], {
    env: options.environment,
    cwd: options.workingDirectory,
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
  const control = child.stdio[3] as Writable;
  control.on('error', () => undefined);
  control.write(`${options.message}\n`);
  return {
    exit: new Promise((settle, fail) => {
      child.once('error', fail);
      child.once('exit', (code, signal) => {
        control.destroy();
        settle(signal === null ? (code ?? 1) : 128 + (osConstants.signals[signal] ?? 0));
      });
    }),
    send(line) {
      if (!control.destroyed) control.write(`${line}\n`);
    },
  };
}
