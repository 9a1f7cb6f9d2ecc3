import { formatBytes, formatDuration } from '../base/units.js';
import type { BuildEvent } from '../model/event.js';
import { openSummaryCollector } from './collect-summary.js';
import { readableText } from './fit-text.js';
import { type LiveLine, openLiveArea } from './open-live-area.js';
import { openPackageActivityReader } from './package-activity.js';
import { summariseTimings } from './summarise-timings.js';

/** How the terminal view reaches the world. */
export interface TerminalViewOptions {
  readonly write: (text: string) => void;
  /** Width of the terminal now. */
  readonly columns: () => number;
  readonly nowMs: () => number;
  /** False when `NO_COLOR` is set. */
  readonly hasColour: boolean;
  /** Above 0, what programs say scrolls by above the status lines. */
  readonly traceLevel: number;
  /** Calls `act` again and again until the function it gives is called. */
  readonly repeat: (act: () => void) => () => void;
}

/** A view that keeps a short live status below one line for each finished step. */
export interface TerminalView {
  take(event: BuildEvent): void;
  close(): void;
}

const renditions = { good: '32', bad: '31;1', warning: '33', faint: '2', strong: '1' } as const;

interface Status {
  readonly step?: { readonly title: string; readonly index: number; readonly count: number; readonly sinceMs: number };
  readonly phase?: { readonly phase: string; readonly hookCount: number; readonly hookNumber: number };
  readonly hook?: { readonly hook: string; readonly element: string; readonly sinceMs: number };
  readonly detail?: string;
  readonly share?: number;
}

/**
 * Opens the view.
 *
 * What programs say is only shown when they fail (the last 40 lines) or when `traceLevel` is above 0; a log file has it all.
 */
export function openTerminalView(options: TerminalViewOptions): TerminalView {
  const { hasColour, traceLevel, nowMs } = options;
  const area = openLiveArea(options);
  const collector = openSummaryCollector();
  let activity = openPackageActivityReader();
  let status: Status = {};
  let isOpen = true;

  const paint = (rendition: string, text: string): string =>
    hasColour ? `\u001b[${rendition}m${text}\u001b[0m` : text;
  const show = (): void => area.show(statusLines(status, nowMs(), hasColour));
  const stopRepeating = options.repeat(() => {
    if (isOpen && status.step !== undefined) show();
  });

  const failed = (title: string): readonly string[] => {
    const said = traceLevel > 0 ? [] : collector.summary().lastLines.map((line) => `  ${readableText(line)}`);
    return [`${paint(renditions.bad, '✗')} ${title}`, ...said];
  };

  const linesFor = (event: BuildEvent): readonly string[] => {
    switch (event.kind) {
      case 'build-started':
        return [`diskimage-builder ${event.version}: ${event.elements.join(' ')} → ${event.formats.join(', ')}`];
      case 'step-finished': {
        const time = formatDuration(event.durationMs);
        if (event.outcome === 'failed')
          return collector.summary().failedHook === undefined ? failed(`${event.title} failed after ${time}`) : [];
        const hooks = hooksNote(collector.summary(), event);
        const word = event.outcome === 'reused' ? 'reused' : time;
        return [`${paint(renditions.good, '✓')} ${event.title}  ${paint(renditions.faint, `${word}${hooks}`)}`];
      }
      case 'hook-finished':
        if (event.outcome !== 'failed') return [];
        return failed(
          `phase ${event.phase}: hook ${event.hook} of element ${event.element} failed with status ${event.exitStatus} after ${formatDuration(event.durationMs)}`,
        );
      case 'output':
        return traceLevel > 0 ? [readableText(event.text)] : [];
      case 'message':
        if (event.level === 'debug' && traceLevel === 0) return [];
        return event.text
          .split('\n')
          .map((line) =>
            event.level === 'info' || event.level === 'debug'
              ? readableText(line)
              : `${paint(event.level === 'error' ? renditions.bad : renditions.warning, event.level)}: ${readableText(line)}`,
          );
      case 'artifact-written':
        return [
          `${paint(renditions.good, '✓')} ${event.path}  ${paint(renditions.faint, formatBytes(event.sizeBytes))}`,
        ];
      case 'build-finished': {
        const time = formatDuration(event.durationMs);
        if (event.outcome === 'done') return [...summariseTimings(collector.summary()), `Build completed in ${time}`];
        return [`${paint(renditions.bad, `Build ${event.outcome}`)} after ${time}, exit status ${event.exitStatus}`];
      }
      default:
        return [];
    }
  };

  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    stopRepeating();
    area.close();
  };

  return {
    take(event) {
      if (!isOpen) return;
      collector.take(event);
      if (event.kind === 'hook-started') activity = openPackageActivityReader();
      const told = event.kind === 'output' ? activity.take(event.text) : undefined;
      status = nextStatus(status, event, told ?? (event.kind === 'output' ? { detail: event.text } : undefined));
      const lines = linesFor(event);
      if (lines.length > 0) area.print(lines);
      if (event.kind === 'build-finished') area.show([]);
      else if (event.kind !== 'output') show();
    },
    close,
  };
}

function nextStatus(
  status: Status,
  event: BuildEvent,
  said: { readonly detail: string; readonly share?: number } | undefined,
): Status {
  switch (event.kind) {
    case 'step-started':
      return { step: { title: event.title, index: event.index, count: event.count, sinceMs: event.atMs } };
    case 'step-finished':
      return {};
    case 'phase-started':
      return { ...status, phase: { phase: event.phase, hookCount: event.hookCount, hookNumber: 0 } };
    case 'hook-started': {
      const { detail: _detail, share: _share, ...rest } = status;
      const hookNumber = (status.phase?.hookNumber ?? 0) + 1;
      const hookCount = Math.max(status.phase?.hookCount ?? 0, hookNumber);
      return {
        ...rest,
        phase: { phase: event.phase, hookCount, hookNumber },
        hook: { hook: event.hook, element: event.element, sinceMs: event.atMs },
      };
    }
    case 'hook-finished': {
      const { hook: _hook, detail: _detail, share: _share, ...rest } = status;
      return rest;
    }
    case 'phase-finished': {
      const { phase: _phase, ...rest } = status;
      return rest;
    }
    case 'output': {
      const detail = readableText(said?.detail ?? '').trim();
      if (detail === '') return status;
      // A share stays until the next one: scripts speak between the lines that are counted.
      return { ...status, detail, ...(said?.share === undefined ? {} : { share: said.share }) };
    }
    case 'progress':
      return { ...status, detail: event.detail ?? event.task, share: event.share };
    default:
      return status;
  }
}

function statusLines(status: Status, nowMs: number, hasColour: boolean): readonly LiveLine[] {
  const { step, phase, hook, detail, share } = status;
  if (step === undefined) return [];
  const style = (rendition: string): { readonly rendition?: string } => (hasColour ? { rendition } : {});
  const elapsed = (sinceMs: number): string => formatDuration(Math.max(0, Math.floor((nowMs - sinceMs) / 1000) * 1000));
  const place = phase === undefined ? '' : ` · hook ${phase.hookNumber} of ${phase.hookCount}`;
  const lines: LiveLine[] = [
    {
      text: `[${step.index}/${step.count}] ${step.title}${place} · ${elapsed(step.sinceMs)}`,
      ...style(renditions.strong),
    },
  ];
  if (hook !== undefined) lines.push({ text: `  ${hook.hook} of ${hook.element} · ${elapsed(hook.sinceMs)}` });
  if (detail !== undefined) {
    const percent = share === undefined ? '' : `${String(Math.floor(share * 100)).padStart(3)} % `;
    lines.push({ text: `  ${percent}${detail}`, ...style(renditions.faint) });
  }
  return lines;
}

function hooksNote(
  summary: ReturnType<ReturnType<typeof openSummaryCollector>['summary']>,
  step: { readonly step: string; readonly title: string },
): string {
  const phase = summary.phases.find((candidate) => candidate.phase === step.title || candidate.phase === step.step);
  if (phase === undefined || phase.hooks.length === 0) return '';
  const reused = phase.hooks.filter((hook) => hook.outcome === 'reused').length;
  return `, ${phase.hooks.length} hooks${reused === 0 ? '' : `, ${reused} reused`}`;
}
