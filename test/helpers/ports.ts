import { openClock, openIdentities } from '../../src/build/open-ports.js';
import type { EventContent } from '../../src/model/event.js';
import type { Ports } from '../../src/model/ports.js';
import { openPrograms } from '../../src/process/run-program.js';

/** Real ports for tests: the machine's programs, a clock, fixed identifiers; events are kept. */
export function openTestPorts(): Ports & { readonly events: EventContent[] } {
  const events: EventContent[] = [];
  const signal = new AbortController().signal;
  const emit = (event: EventContent): void => {
    events.push(event);
  };
  const clock = openClock();
  const pathDirectories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  return {
    programs: openPrograms({ pathDirectories, emit, clock, signal }),
    emit,
    clock,
    identities: openIdentities('test'),
    signal,
    events,
  };
}
