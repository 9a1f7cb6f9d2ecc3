import type { BuildEvent } from '../model/event.js';
import { type BuildSummary, openSummaryCollector } from './collect-summary.js';
import { formatTimestamp } from './format-timestamp.js';
import { openLogFile } from './open-log-file.js';
import { openTerminalView } from './open-terminal-view.js';
import { openPlainLines } from './plain-lines.js';
import { redactEvent } from './redact-event.js';
import { openRedaction } from './redact-secrets.js';

/** What a report is opened with. */
export interface ReportOptions {
  /** `auto`: terminal on a terminal, else plain. */
  readonly logFormat: 'auto' | 'plain' | 'terminal' | 'json';
  /** Absolute; appended to, always plain with times, everything in it. */
  readonly logPath?: string;
  /** No plain or terminal view. JSON was asked for by name and stays. */
  readonly isQuiet: boolean;
  /** Whether plain lines begin with the time. */
  readonly hasTimestamps: boolean;
  readonly traceLevel: number;
  readonly isTerminal: boolean;
  /** Width of the terminal now. */
  readonly columns: () => number;
  /** False when `NO_COLOR` is set. Default true. */
  readonly hasColour?: boolean;
  /** Texts to mask wherever they appear, as {@link findSecrets} gives them. */
  readonly secrets?: readonly string[];
  /** Writes to the caller's standard output, in order. */
  readonly write: (text: string) => void;
  /** Milliseconds since 1970-01-01 UTC, for the running times on a terminal. */
  readonly nowMs: () => number;
  /** Repaints a terminal; default five times a second. */
  readonly repeat?: (act: () => void) => () => void;
}

/** The views of one build's event stream. */
export interface Report {
  take(event: BuildEvent): void;
  /** What the events told so far, secrets masked. */
  summary(): BuildSummary;
  /** Gives the terminal back and brings the log file to the disk. Later events are ignored. */
  close(): Promise<void>;
}

interface View {
  take(event: BuildEvent): void;
  close(): void;
}

/**
 * Opens the views that were asked for.
 *
 * Every line of the log file is written before `take` returns, so a build that is killed leaves a whole log.
 *
 * @throws BuildError `OUTPUT_UNWRITABLE` when the log file cannot be opened
 */
export function openReport(options: ReportOptions): Report {
  const redact = openRedaction(options.secrets ?? []);
  const isRedacting = (options.secrets ?? []).length > 0;
  const collector = openSummaryCollector();
  const log = options.logPath === undefined ? undefined : openLogView(options.logPath);
  const screen = openScreen(options);
  let isOpen = true;
  let hasWarned = false;
  return {
    take(event) {
      if (!isOpen) return;
      const shown = isRedacting ? redactEvent(event, redact) : event;
      collector.take(shown);
      log?.take(shown);
      screen.take(shown);
      const fault = log?.fault();
      if (fault === undefined || hasWarned) return;
      hasWarned = true;
      screen.take({ kind: 'message', atMs: event.atMs, level: 'warning', text: fault });
    },
    summary: () => collector.summary(),
    async close() {
      if (!isOpen) return;
      isOpen = false;
      screen.close();
      log?.close();
    },
  };
}

function openScreen(options: ReportOptions): View {
  const { logFormat, isTerminal, isQuiet, hasTimestamps, traceLevel, write, columns, nowMs } = options;
  if (logFormat === 'json') return { take: (event) => write(`${JSON.stringify(event)}\n`), close: () => undefined };
  if (options.logPath !== undefined) write(`Output logs going to: ${options.logPath}\n`);
  if (isQuiet) return { take: () => undefined, close: () => undefined };
  if (logFormat === 'terminal' || (logFormat === 'auto' && isTerminal)) {
    const hasColour = options.hasColour ?? true;
    return openTerminalView({ write, columns, nowMs, hasColour, traceLevel, repeat: options.repeat ?? repeatOften });
  }
  const linesOf = openPlainLines({ showsDebug: traceLevel > 0 });
  return {
    take(event) {
      const text = joinLines(linesOf(event), hasTimestamps ? `${formatTimestamp(event.atMs)} | ` : '');
      if (text !== '') write(text);
    },
    close: () => undefined,
  };
}

/** The log file, and what keeps it from being whole. */
interface LogView extends View {
  fault(): string | undefined;
}

function openLogView(path: string): LogView {
  const file = openLogFile(path);
  const linesOf = openPlainLines({ showsDebug: true });
  return {
    take: (event) => file.append(joinLines(linesOf(event), `${formatTimestamp(event.atMs)} | `)),
    fault: () => {
      const failure = file.failure();
      return failure === undefined ? undefined : `the log file ${path} is incomplete: ${failure.message}`;
    },
    close: () => file.close(),
  };
}

function joinLines(lines: readonly string[], prefix: string): string {
  return lines.map((line) => `${prefix}${line}\n`).join('');
}

function repeatOften(act: () => void): () => void {
  const timer = setInterval(act, 200);
  timer.unref();
  return () => clearInterval(timer);
}
