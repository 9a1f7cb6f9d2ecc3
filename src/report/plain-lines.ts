import { unreachable } from '../base/build-error.js';
import { formatBytes, formatDuration } from '../base/units.js';
import type { BuildEvent } from '../model/event.js';
import { openSummaryCollector } from './collect-summary.js';
import { formatProfilingBlock } from './profiling-block.js';
import { summariseTimings } from './summarise-timings.js';

/** Turns events into lines of text. */
export type PlainLines = (event: BuildEvent) => readonly string[];

/**
 * Opens the plain view of the event stream: lines without line ends and without time.
 *
 * What programs say comes through as it is. The lines about hooks have the form that `dib-run-parts` gave them,
 * with the element added, and a PROFILING block follows each finished phase.
 *
 * @param showsDebug whether messages of level debug are lines too
 */
export function openPlainLines({ showsDebug }: { readonly showsDebug: boolean }): PlainLines {
  const collector = openSummaryCollector();
  let hookNumber = 0;
  let hookCount = 0;

  return (event) => {
    collector.take(event);
    switch (event.kind) {
      case 'build-started':
        return [
          `diskimage-builder ${event.version}: ${event.formats.join(', ') || 'no formats'}`,
          `Building elements: ${event.elements.join(' ')}`,
        ];
      case 'step-started':
        return [`Step ${event.index} of ${event.count}: ${event.title}`];
      case 'step-finished': {
        const { title, durationMs, outcome } = event;
        const word = outcome === 'failed' ? 'failed after' : outcome === 'reused' ? 'reused in' : 'done in';
        return [`Step ${title} ${word} ${formatDuration(durationMs)}`];
      }
      case 'phase-started':
        hookNumber = 0;
        hookCount = event.hookCount;
        return [
          `Phase ${event.phase}: ${countHooks(hookCount)} ${event.place === 'host' ? 'on the host' : 'in the target'}`,
        ];
      case 'phase-finished': {
        const hooks = collector.summary().phases.at(-1)?.hooks ?? [];
        // The original gives no block for a phase that failed.
        const isProfiled = hooks.length > 0 && hooks.every((hook) => hook.outcome !== 'failed');
        return isProfiled ? formatProfilingBlock(event.phase, hooks) : [];
      }
      case 'hook-started':
        hookNumber += 1;
        return [
          `dib-run-parts Running ${event.phase}.d/${event.hook} (element ${event.element}, ${hookNumber} of ${Math.max(hookCount, hookNumber)})`,
        ];
      case 'hook-finished':
        if (event.outcome === 'failed')
          return [
            `error: phase ${event.phase}: hook ${event.hook} of element ${event.element} failed with status ${event.exitStatus} after ${formatDuration(event.durationMs)}`,
          ];
        return [`dib-run-parts ${event.hook} ${event.outcome === 'reused' ? 'reused' : 'completed'}`];
      case 'output':
        return [event.text];
      case 'message':
        if (event.level === 'debug' && !showsDebug) return [];
        return event.text.split('\n').map((line) => (event.level === 'info' ? line : `${event.level}: ${line}`));
      case 'progress':
        return [];
      case 'artifact-written':
        return [
          `Wrote ${event.path} (${event.format}, ${formatBytes(event.sizeBytes)})${event.sha256 === undefined ? '' : ` sha256:${event.sha256}`}`,
        ];
      case 'build-finished': {
        if (event.outcome === 'done')
          return [...summariseTimings(collector.summary()), `Build completed in ${formatDuration(event.durationMs)}`];
        const word = event.outcome === 'interrupted' ? 'interrupted' : 'failed';
        return [`Build ${word} after ${formatDuration(event.durationMs)}, exit status ${event.exitStatus}`];
      }
      default:
        return unreachable(event);
    }
  };
}

function countHooks(count: number): string {
  return count === 1 ? '1 hook' : `${count} hooks`;
}
