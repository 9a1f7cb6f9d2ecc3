import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { EventContent } from '../../src/model/event.js';
import type { Ports } from '../../src/model/ports.js';
import { openPrograms } from '../../src/process/run-program.js';

/** Directories in which the tests look for programs. */
const pathDirectories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** 2026-03-01 12:34:56 in local time. */
export const testTimeMs = new Date(2026, 2, 1, 12, 34, 56).getTime();

/** Real programs, a clock that stands, identities that are fixed, and the events that were emitted. */
export function openTestPorts(options: { readonly pathDirectories?: readonly string[] } = {}): Ports & {
  readonly events: EventContent[];
} {
  const events: EventContent[] = [];
  const emit = (event: EventContent): void => {
    events.push(event);
  };
  const clock = { nowMs: () => testTimeMs, monotonicMs: () => 0 };
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return {
    events,
    emit,
    clock,
    signal,
    programs: openPrograms({ pathDirectories: options.pathDirectories ?? pathDirectories, emit, clock, signal }),
    identities: {
      uuid: () => '00000000-0000-4000-8000-000000000000',
      bytes: (_purpose, count) => new Uint8Array(count).fill(7),
    },
  };
}

/** A reason to skip when programs are missing, or when only root can do what the test does. */
export function skipReason(options: {
  readonly programs?: readonly string[];
  readonly needsRoot?: boolean;
}): string | false {
  if (options.needsRoot === true && process.getuid?.() !== 0) return 'needs root for owners and device nodes';
  const { programs } = openTestPorts();
  const missing = (options.programs ?? []).filter((program) => programs.find(program) === undefined);
  return missing.length === 0 ? false : `needs ${missing.join(', ')}`;
}

/** Bytes that do not compress. */
export function noise(sizeBytes: number): Buffer {
  return randomBytes(sizeBytes);
}
