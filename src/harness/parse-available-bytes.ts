import { kibibyte } from '../base/units.js';

/** The memory that is free for new programs, in bytes, from the text of `/proc/meminfo` (proc(5), `MemAvailable`). */
export function parseAvailableBytes(memoryText: string): number | undefined {
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(memoryText);
  return match === null ? undefined : Number(match[1]) * kibibyte;
}
