import type { HookPlace, Phase } from './phase.js';

/** What every event carries. */
interface EventBase {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
}

/** Progress, logs, timings, reports and machine-readable output are views of this one stream. */
export type BuildEvent =
  | (EventBase & {
      readonly kind: 'build-started';
      readonly version: string;
      readonly elements: readonly string[];
      readonly formats: readonly string[];
      readonly stepCount: number;
    })
  | (EventBase & {
      readonly kind: 'step-started';
      readonly step: string;
      readonly title: string;
      readonly index: number;
      readonly count: number;
    })
  | (EventBase & {
      readonly kind: 'step-finished';
      readonly step: string;
      readonly title: string;
      readonly durationMs: number;
      readonly outcome: 'done' | 'reused' | 'failed';
    })
  | (EventBase & {
      readonly kind: 'phase-started';
      readonly phase: Phase;
      readonly place: HookPlace;
      readonly hookCount: number;
    })
  | (EventBase & { readonly kind: 'phase-finished'; readonly phase: Phase; readonly durationMs: number })
  | (EventBase & {
      readonly kind: 'hook-started';
      readonly phase: Phase;
      readonly hook: string;
      readonly element: string;
    })
  | (EventBase & {
      readonly kind: 'hook-finished';
      readonly phase: Phase;
      readonly hook: string;
      readonly element: string;
      readonly durationMs: number;
      readonly exitStatus: number;
      readonly outcome: 'done' | 'reused' | 'failed';
    })
  /** A line that a program said, without its line end. */
  | (EventBase & {
      readonly kind: 'output';
      readonly stream: 'stdout' | 'stderr';
      readonly source: string;
      readonly text: string;
    })
  | (EventBase & {
      readonly kind: 'message';
      readonly level: 'debug' | 'info' | 'warning' | 'error';
      readonly text: string;
    })
  /** A share of a long piece of work, 0 to 1. */
  | (EventBase & { readonly kind: 'progress'; readonly task: string; readonly share: number; readonly detail?: string })
  | (EventBase & {
      readonly kind: 'artifact-written';
      readonly path: string;
      readonly format: string;
      readonly sizeBytes: number;
      readonly sha256?: string;
    })
  | (EventBase & {
      readonly kind: 'build-finished';
      readonly durationMs: number;
      readonly outcome: 'done' | 'failed' | 'interrupted';
      readonly exitStatus: number;
    });

/** An event without its time: what emitters make; the port adds the time. */
export type EventContent = BuildEvent extends infer Event
  ? Event extends BuildEvent
    ? Omit<Event, 'atMs'>
    : never
  : never;
