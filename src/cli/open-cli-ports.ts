import { openPorts } from '../build/open-ports.js';
import type { Ports } from '../model/ports.js';
import { pathDirectoriesOf } from './search-path.js';

/** The ports for what commands do outside builds: programs of the caller's PATH, no events. */
export function openCliPorts(environment: Readonly<Record<string, string>>): Ports {
  return openPorts({
    pathDirectories: pathDirectoriesOf(environment),
    emit: () => undefined,
    signal: new AbortController().signal,
  });
}
