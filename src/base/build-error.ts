import type { ErrorCode } from './error-code-table.js';

/** What a {@link BuildError} is made of. */
export interface BuildErrorDetails {
  readonly code: ErrorCode;
  /** What was wanted and what was found, with the path or the name. No trailing full stop is needed. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
  /** The step, file or flag concerned; `file:line:column` for files. */
  readonly where?: string;
  readonly cause?: unknown;
  /** The exit status of the command, where it must be handed on (a failed hook's own status). Default 1. */
  readonly exitStatus?: number;
}

/** An expected fault: printed as one block without a stack. Everything else thrown is a bug of ours. */
export class BuildError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly where: string | undefined;
  readonly exitStatus: number;

  constructor(details: BuildErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'BuildError';
    this.code = details.code;
    this.hint = details.hint;
    this.where = details.where;
    this.exitStatus = details.exitStatus ?? 1;
  }
}

/** Several faults that could be known together; never empty. */
export class BuildErrors extends Error {
  readonly faults: readonly BuildError[];

  constructor(faults: readonly BuildError[]) {
    super(faults.map((fault) => fault.message).join('\n'));
    this.name = 'BuildErrors';
    this.faults = faults;
  }
}

/**
 * Throws what was collected: nothing for none, the fault itself for one, {@link BuildErrors} for more.
 */
export function throwFaults(faults: readonly BuildError[]): void {
  const [first] = faults;
  if (first === undefined) return;
  throw faults.length === 1 ? first : new BuildErrors(faults);
}

/** The faults inside an error, or none when it is not an expected one. */
export function faultsOf(error: unknown): readonly BuildError[] {
  if (error instanceof BuildError) return [error];
  if (error instanceof BuildErrors) return error.faults;
  return [];
}

/**
 * The text of one fault, as every front end prints it.
 *
 * @returns `error CODE: message`, then an indented line each for where and hint
 */
export function formatFault(fault: BuildError): string {
  const lines = [`error ${fault.code}: ${fault.message}`];
  if (fault.where !== undefined) lines.push(`  at: ${fault.where}`);
  if (fault.hint !== undefined) lines.push(`  hint: ${fault.hint}`);
  return lines.join('\n');
}

/** The exhaustiveness check for the last branch over a union. */
export function unreachable(value: never): never {
  throw new Error(`Internal error: unexpected value ${JSON.stringify(value)}`);
}

/** Whether an error is a system error with the given code (`ENOENT`, …). */
export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
