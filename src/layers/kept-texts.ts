import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import type { InputDifference } from './gather-inputs.js';
import type { UnitInputs } from './layer-record.js';
import type { StagingWatch } from './staging-watch.js';

/** Larger files are not kept: nobody wants to be told which line of them changed. */
const maximumBytes = 128 * 1024;

/** Texts of what was read, by the digests that records hold: only to tell people what changed in them. */
export interface KeptTexts {
  /** Keeps what these inputs are now. */
  keep(inputs: UnitInputs): void;
  /** What was kept for a digest. */
  recorded(digest: string): string | undefined;
  /** The text of an input as it is now. */
  now(kind: InputDifference['kind'], name: string): string | undefined;
}

/** Opens the texts of a store. A store that cannot be written keeps none: explanations are then less exact. */
export function openKeptTexts(directory: string, watch: StagingWatch, nowMs: () => number): KeptTexts {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const known = new Set(readdirSync(directory));
  const touched = new Set<string>();
  const now: KeptTexts['now'] = (kind, name) => {
    if (kind === 'names') return watch.textOfNames(name as Parameters<typeof watch.textOfNames>[0]);
    if (kind === 'listings') return watch.textOfListing(name);
    if (kind !== 'files') return undefined;
    const text = watch.textOf(name);
    const mode = watch.modeOf(name);
    return text === undefined || mode === undefined ? undefined : `${mode.toString(8)}\n${text}`;
  };
  const write = (digest: string, text: string): void => {
    const path = `${directory}/${digest}`;
    try {
      writeFileSync(`${path}.new`, text, { encoding: 'latin1', mode: 0o600 });
      renameSync(`${path}.new`, path);
      known.add(digest);
    } catch {
      rmSync(`${path}.new`, { force: true });
    }
  };
  return {
    now,
    recorded(digest) {
      try {
        return known.has(digest) ? readFileSync(`${directory}/${digest}`, 'latin1') : undefined;
      } catch {
        return undefined;
      }
    },
    keep(inputs) {
      for (const kind of ['files', 'names', 'listings'] as const) {
        for (const [name, digest] of Object.entries(inputs[kind])) {
          if (digest === 'absent' || touched.has(digest)) continue;
          touched.add(digest);
          if (known.has(digest)) {
            touch(`${directory}/${digest}`, nowMs());
            continue;
          }
          const text = now(kind, name);
          if (text !== undefined && text.length <= maximumBytes) write(digest, text);
        }
      }
    },
  };
}

/** A use, for the order of removal. */
function touch(path: string, nowMs: number): void {
  try {
    utimesSync(path, nowMs / 1000, nowMs / 1000);
  } catch {
    // Another build has removed it.
  }
}
