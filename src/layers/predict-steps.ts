import { type Phase, phases } from '../model/phase.js';
import type { Decision, StepTrace } from './layer-record.js';

/** What is expected of hooks that share a layer, or of one. */
export interface StepPrediction {
  readonly phase: Phase;
  readonly hooks: readonly string[];
  readonly outcome: 'reused' | 'run';
  /** The first difference that is known before anything runs. */
  readonly because?: string;
  /** What they took when they last ran; absent for those that never have. */
  readonly durationMs?: number;
}

/** What {@link predictSteps} needs. */
export interface PredictOptions {
  /** Of the last build of the image, in the same order. */
  readonly decisions: readonly Decision[];
  readonly traces: readonly StepTrace[];
  readonly planned: readonly { readonly phase: Phase; readonly hook: string }[];
  /** Of a file of the staging directory as elements would make it now; undefined for those that hooks make. */
  readonly digestOfFile: (path: string) => string | undefined;
  /** Of a variable as hooks would see it now; undefined where that is not known before. */
  readonly digestOfVariable: (name: string, phase: Phase) => string | undefined;
  readonly nowMs: number;
}

/**
 * Says which hooks a build would run, from what those of the last one read. What only a build can see is taken to be as
 * it was: package archives, files that hooks make, the host. After the first hook that runs anew the tree is taken to
 * be another one, so that what follows runs; where it turns out the same, the build reuses more than is said here.
 */
export function predictSteps(options: PredictOptions): readonly StepPrediction[] {
  const { decisions, traces, planned } = options;
  const predictions: StepPrediction[] = [];
  const plannedPaths = new Set(planned.map(({ phase, hook }) => `${phase}.d/${hook}`));
  const tracedPaths = new Set(traces.flatMap((trace) => trace.hooks.map((hook) => `${trace.phase}.d/${hook.name}`)));
  const made = new Set(traces.flatMap((trace) => trace.made ?? []));
  let isTreeKnown = true;
  for (const phase of phases) {
    const rest = planned.filter((step) => step.phase === phase && !tracedPaths.has(`${phase}.d/${step.hook}`));
    const takeNew = (before?: string): void => {
      while (rest[0] !== undefined && (before === undefined || rest[0].hook < before)) {
        predictions.push({ phase, hooks: [rest[0].hook], outcome: 'run', because: 'it is new' });
        isTreeKnown = false;
        rest.shift();
      }
    };
    for (const [index, trace] of traces.entries()) {
      if (trace.phase !== phase) continue;
      takeNew(trace.hooks[0]?.name);
      const gone = trace.hooks.filter(({ name }) => {
        const path = `${phase}.d/${name}`;
        return !plannedPaths.has(path) && !made.has(path) && options.digestOfFile(path) === undefined && isHook(name);
      });
      const hooks = trace.hooks.map(({ name }) => name).filter((name) => !gone.some((hook) => hook.name === name));
      if (gone.length > 0) isTreeKnown = false;
      if (hooks.length === 0) continue;
      const because =
        gone.length > 0 ? `${gone.map(({ name }) => name).join(', ')} is gone` : whyRun(trace, isTreeKnown, options);
      const durationMs = decisions[index]?.durationMs;
      predictions.push({
        phase,
        hooks,
        outcome: because === undefined ? 'reused' : 'run',
        ...(because === undefined ? {} : { because }),
        ...(durationMs === undefined ? {} : { durationMs }),
      });
      // Hooks that run each time leave, as far as anybody knows, what they left before.
      if (because !== undefined && trace.record !== undefined) isTreeKnown = false;
    }
    takeNew();
  }
  return predictions;
}

/** A program of the engine, such as `install-packages vim`, is no file. */
function isHook(name: string): boolean {
  return !name.includes(' ');
}

function whyRun(trace: StepTrace, isTreeKnown: boolean, options: PredictOptions): string | undefined {
  if (trace.record === undefined) return trace.notKept[0] ?? 'it runs each time';
  if (!isTreeKnown) return 'the tree before it may differ';
  for (const hook of trace.hooks) {
    const now = options.digestOfFile(`${trace.phase}.d/${hook.name}`);
    if (now !== undefined && now !== hook.digest) return `file ${trace.phase}.d/${hook.name} changed`;
  }
  for (const [path, digest] of Object.entries(trace.inputs?.files ?? {})) {
    const now = options.digestOfFile(path);
    if (now !== undefined && now !== digest) return `file ${path} changed`;
  }
  for (const [name, digest] of Object.entries(trace.inputs?.variables ?? {})) {
    const now = options.digestOfVariable(name, trace.phase);
    if (now !== undefined && now !== digest) return `variable ${name} changed`;
  }
  if (trace.expiresMs !== undefined && trace.expiresMs < options.nowMs)
    return 'what it took from the network is too old';
  return undefined;
}
