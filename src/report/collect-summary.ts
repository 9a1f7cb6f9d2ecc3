import type { BuildEvent } from '../model/event.js';
import type { Phase } from '../model/phase.js';

/** What is known of a build from its events so far. */
export interface BuildSummary {
  readonly version?: string;
  readonly elements: readonly string[];
  readonly steps: readonly StepTiming[];
  readonly phases: readonly PhaseTiming[];
  readonly artifacts: readonly WrittenArtifact[];
  /** The hook that ended the build; absent when none failed. */
  readonly failedHook?: FailedHook;
  /** The step that ended the build. */
  readonly failedStep?: { readonly step: string; readonly title: string; readonly durationMs: number };
  /** The last lines that programs said in the step or hook that failed, else in the last one. */
  readonly lastLines: readonly string[];
  readonly durationMs?: number;
  readonly outcome?: 'done' | 'failed' | 'interrupted';
}

export interface StepTiming {
  readonly step: string;
  readonly title: string;
  readonly durationMs: number;
  readonly outcome: 'done' | 'reused' | 'failed';
}

export interface PhaseTiming {
  readonly phase: Phase;
  readonly durationMs: number;
  readonly hooks: readonly {
    readonly hook: string;
    readonly element: string;
    readonly durationMs: number;
    readonly outcome: 'done' | 'reused' | 'failed';
  }[];
}

export interface FailedHook {
  readonly phase: Phase;
  readonly hook: string;
  readonly element: string;
  readonly exitStatus: number;
  readonly durationMs: number;
}

export interface WrittenArtifact {
  readonly path: string;
  readonly format: string;
  readonly sizeBytes: number;
  readonly sha256?: string;
}

/** A collector of {@link BuildSummary}. */
export interface SummaryCollector {
  take(event: BuildEvent): void;
  summary(): BuildSummary;
}

/** How many of the last lines are kept. */
const keptLineCount = 40;

/** Opens a collector that has seen nothing. */
export function openSummaryCollector(): SummaryCollector {
  let summary: BuildSummary = { elements: [], steps: [], phases: [], artifacts: [], lastLines: [] };
  let openHooks: PhaseTiming['hooks'][number][] = [];
  let lines: string[] = [];
  let isFrozen = false;

  const take = (event: BuildEvent): void => {
    switch (event.kind) {
      case 'build-started':
        summary = { ...summary, version: event.version, elements: event.elements };
        return;
      case 'step-started':
      case 'hook-started':
        if (!isFrozen) lines = [];
        return;
      case 'phase-started':
        openHooks = [];
        return;
      case 'output':
        if (isFrozen) return;
        lines.push(event.text);
        if (lines.length > keptLineCount) lines.shift();
        return;
      case 'hook-finished': {
        const { phase, hook, element, exitStatus, durationMs, outcome } = event;
        openHooks.push({ hook, element, durationMs, outcome });
        if (outcome === 'failed' && summary.failedHook === undefined) {
          summary = { ...summary, failedHook: { phase, hook, element, exitStatus, durationMs } };
          isFrozen = true;
        }
        return;
      }
      case 'phase-finished':
        summary = {
          ...summary,
          phases: [...summary.phases, { phase: event.phase, durationMs: event.durationMs, hooks: openHooks }],
        };
        openHooks = [];
        return;
      case 'step-finished': {
        const { step, title, durationMs, outcome } = event;
        summary = { ...summary, steps: [...summary.steps, { step, title, durationMs, outcome }] };
        if (outcome === 'failed' && summary.failedStep === undefined) {
          summary = { ...summary, failedStep: { step, title, durationMs } };
          isFrozen = true;
        }
        return;
      }
      case 'artifact-written': {
        const { path, format, sizeBytes, sha256 } = event;
        const artifact = { path, format, sizeBytes, ...(sha256 === undefined ? {} : { sha256 }) };
        summary = { ...summary, artifacts: [...summary.artifacts, artifact] };
        return;
      }
      case 'build-finished':
        summary = { ...summary, durationMs: event.durationMs, outcome: event.outcome };
        return;
      case 'message':
      case 'progress':
        return;
    }
  };

  return { take, summary: () => ({ ...summary, lastLines: [...lines] }) };
}
