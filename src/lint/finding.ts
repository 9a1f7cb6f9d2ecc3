import type { CheckName, Severity } from './check-table.js';

/** Something wrong at one place. */
export interface Finding {
  readonly check: CheckName;
  readonly severity: Severity;
  /** As it is shown: relative to where the caller stands when it is below. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
  /** The element that the file belongs to. */
  readonly element?: string;
}

/** Byte order of path, then place, then check. */
export function compareFindings(one: Finding, other: Finding): number {
  if (one.path !== other.path) return one.path < other.path ? -1 : 1;
  return one.line - other.line || one.column - other.column || (one.check < other.check ? -1 : 1);
}
