import { createHash } from 'node:crypto';
import type { EventContent } from '../../src/model/event.js';
import type { Ports } from '../../src/model/ports.js';
import { openPrograms } from '../../src/process/run-program.js';

export const pathDirectories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Ports with real programs, a clock that stands still and identifiers that follow from their purpose. */
export function openDiskPorts(events: EventContent[] = []): Ports {
  const clock = { nowMs: () => 1_700_000_000_000, monotonicMs: () => 0 };
  const signal = new AbortController().signal;
  const emit = (event: EventContent) => void events.push(event);
  const bytes = (purpose: string, count: number) => createHash('sha512').update(purpose).digest().subarray(0, count);
  return {
    programs: openPrograms({ pathDirectories, emit, clock, signal }),
    emit,
    clock,
    signal,
    identities: {
      bytes,
      uuid(purpose) {
        const digits = Buffer.from(bytes(purpose, 16)).toString('hex');
        return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
      },
    },
  };
}

/** The programs of a list that are missing here, as the reason to skip a test; false when none is. */
export function missingPrograms(...programs: readonly string[]): string | false {
  const { find } = openDiskPorts().programs;
  const missing = programs.filter((program) => find(program) === undefined);
  return missing.length === 0 ? false : `not installed: ${missing.join(', ')}`;
}

/** The reason to skip a test that needs root. */
export const needsRoot: string | false = process.getuid?.() === 0 ? false : 'needs root';
