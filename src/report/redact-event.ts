import type { BuildEvent } from '../model/event.js';
import { redactValue } from './redact-secrets.js';

/** The fields of a closed set of words: a secret that happens to be such a word must not break the stream. */
const wordFields = new Set(['kind', 'level', 'stream', 'outcome', 'phase', 'place']);

/** The event with every secret in its texts replaced; the names of kinds, phases and outcomes stay. */
export function redactEvent(event: BuildEvent, redact: (text: string) => string): BuildEvent {
  const entries = Object.entries(event).map(([key, value]): [string, unknown] => [
    key,
    wordFields.has(key) ? value : redactValue(value, redact),
  ]);
  return Object.fromEntries(entries) as unknown as BuildEvent;
}
