import { BuildError, throwFaults } from '../base/build-error.js';

/** A position in a text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Collects what is wrong with one configuration, so that everything is reported at once. */
export interface FaultList {
  fault(place: Place, message: string, hint?: string): void;
  warn(place: Place, message: string): void;
  /** `origin:line:column`. */
  where(place: Place): string;
  readonly warnings: readonly string[];
  /** @throws BuildError `LAYOUT_INVALID`, or BuildErrors of it, in the order of the text */
  throwAll(): void;
}

/** Opens an empty list for the configuration that came from `origin`. */
export function openFaultList(origin: string): FaultList {
  const faults: { readonly place: Place; readonly error: BuildError }[] = [];
  const warnings: string[] = [];
  const where = (place: Place): string => `${origin}:${place.line}:${place.column}`;
  return {
    fault(place, message, hint) {
      const details = { code: 'LAYOUT_INVALID', message, where: where(place) } as const;
      faults.push({ place, error: new BuildError(hint === undefined ? details : { ...details, hint }) });
    },
    warn(place, message) {
      warnings.push(`${where(place)}: ${message}`);
    },
    where,
    warnings,
    throwAll() {
      faults.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
      throwFaults(faults.map(({ error }) => error));
    },
  };
}
