import { type BuildError, faultsOf, formatFault } from '../base/build-error.js';
import { formatDuration } from '../base/units.js';
import type { BuildSummary } from './collect-summary.js';
import { readableText } from './fit-text.js';

/** What the last block of a failed build is made of. */
export interface FailureDetails {
  /** What was thrown. */
  readonly error: unknown;
  readonly summary: BuildSummary;
  /** A command line that opens a shell where it failed, or runs it again with a trace. */
  readonly lookCloser?: string;
  readonly logPath?: string;
}

/** Lines said by the failing program that the block repeats; the views have shown more. */
const repeatedLineCount = 5;

/**
 * The last block of a failed build: what failed and where, what it said last, how to look closer.
 *
 * Expected faults are one block each without a stack; anything else is a bug and keeps its stack.
 *
 * @returns the text without a final line end
 */
export function summariseFailure(details: FailureDetails): string {
  const faults = faultsOf(details.error);
  const blocks =
    faults.length === 0
      ? [internalError(details.error)]
      : faults.map((fault) => formatWithPlace(fault, details.summary));
  return [...blocks, ...closingLines(details)].join('\n');
}

function formatWithPlace(fault: BuildError, summary: BuildSummary): string {
  if (fault.code !== 'HOOK_FAILED' || summary.failedHook === undefined) return formatFault(fault);
  const { phase, hook, element, exitStatus, durationMs } = summary.failedHook;
  const said = summary.lastLines
    .map((line) => readableText(line).trimEnd())
    .filter((line) => line !== '')
    .slice(-repeatedLineCount)
    .map((line) => `  ${line}`);
  const [first, ...hints] = [
    `error HOOK_FAILED: ${phase}.d/${hook} of element "${element}" exited with ${exitStatus} after ${formatDuration(durationMs)}`,
    ...(fault.hint === undefined ? [] : [`  hint: ${fault.hint}`]),
  ];
  return [first, ...said, ...hints].join('\n');
}

function closingLines({ lookCloser, logPath }: FailureDetails): readonly string[] {
  const parts = [
    ...(lookCloser === undefined ? [] : [`look closer: ${lookCloser}`]),
    ...(logPath === undefined ? [] : [`log: ${logPath}`]),
  ];
  return parts.map((part) => `  ${part}`);
}

function internalError(error: unknown): string {
  if (!(error instanceof Error)) return `Internal error: ${String(error)}`;
  const text = error.stack ?? error.message;
  return text.startsWith('Internal error:')
    ? text
    : `Internal error: ${text.replace(/^Error: (Internal error: )?/, '')}`;
}
