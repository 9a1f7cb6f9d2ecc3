import { createHash, randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { EventContent } from '../model/event.js';
import type { Clock, Identities, Ports } from '../model/ports.js';
import { openPrograms } from '../process/run-program.js';

/** What {@link openPorts} needs. */
export interface OpenPortsOptions {
  readonly pathDirectories: readonly string[];
  readonly emit: (event: EventContent) => void;
  readonly signal: AbortSignal;
  /** Fixes every identifier: with one, the same purpose gives the same value in every build. */
  readonly identitySeed?: string;
}

/** Opens the doors of a build: programs, events, clock, identifiers. */
export function openPorts(options: OpenPortsOptions): Ports {
  const clock = openClock();
  // Every running program listens to it, and many run at once.
  setMaxListeners(0, options.signal);
  return {
    programs: openPrograms({
      pathDirectories: options.pathDirectories,
      emit: options.emit,
      clock,
      signal: options.signal,
    }),
    emit: options.emit,
    clock,
    identities: openIdentities(options.identitySeed),
    signal: options.signal,
  };
}

/** The clock of the machine. */
export function openClock(): Clock {
  return { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
}

/** Identifiers derived from a seed, or from a random one. */
export function openIdentities(seed?: string): Identities {
  const root = seed ?? randomBytes(32).toString('hex');
  const bytes = (purpose: string, count: number): Uint8Array => {
    const blocks: Buffer[] = [];
    for (let index = 0; index * 32 < count; index += 1) {
      blocks.push(
        createHash('sha256')
          .update(JSON.stringify([root, purpose, index]))
          .digest(),
      );
    }
    return Buffer.concat(blocks).subarray(0, count);
  };
  return { bytes, uuid: (purpose) => formatUuid(bytes(`uuid:${purpose}`, 16)) };
}

/** Sixteen bytes as a UUID of version 8, free form (RFC 9562 §5.8). */
function formatUuid(bytes: Uint8Array): string {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(((copy[6] ?? 0) & 0x0f) | 0x80, 6);
  copy.writeUInt8(((copy[8] ?? 0) & 0x3f) | 0x80, 8);
  const digits = copy.toString('hex');
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  );
}
