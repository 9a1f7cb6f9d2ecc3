import type { HookRun } from '../model/step-context.js';
import { describeDifference, type InputTexts } from './describe-difference.js';
import { compareInputs, type InputDifference } from './gather-inputs.js';
import type { StepTrace, UnitInputs } from './layer-record.js';

/** What {@link findCauses} decides from. */
export interface CauseOptions {
  readonly run: HookRun;
  /** State of the tree now; undefined when it is not known. */
  readonly state: string | undefined;
  /** Steps of the last build of the same image, in order. */
  readonly earlier: readonly StepTrace[];
  /** Steps of this build so far, in order. */
  readonly steps: readonly StepTrace[];
  /** What the step read then, as it is now. */
  readonly inputsNow: (base: StepTrace, everRead: ReadonlySet<string>) => Promise<UnitInputs | undefined>;
  readonly digestOfHook: (hook: HookRun['hooks'][number]) => string;
  /** Of a file in the staging directory, `absent` when it is not there. */
  readonly digestOfFile: (path: string) => string;
  /** Whether a step of this build, by its place in {@link steps}, is known to differ from the last build's. */
  readonly isExplained: (index: number) => boolean;
  readonly texts: InputTexts;
}

/** The step of an earlier build that the first hook to run was part of. */
export function findEarlierStep(earlier: readonly StepTrace[], run: HookRun): StepTrace | undefined {
  const name = run.hooks[0]?.name;
  return earlier.find((step) => step.phase === run.phase && step.hooks.some((hook) => hook.name === name));
}

/**
 * The smallest differences from the last build of the same image that make hooks run, or give another result; none when
 * all is the same, or nothing is known. What an edit changes is named where it is read; steps after it say which step
 * left another tree.
 */
export async function findCauses(options: CauseOptions): Promise<readonly string[]> {
  const { run, earlier, state, texts } = options;
  const [first] = run.hooks;
  if (first === undefined || earlier.length === 0) return [];
  const base = findEarlierStep(earlier, run);
  if (base === undefined) return [`hook ${run.phase}.d/${first.name} of element ${first.element} is new`];
  const start = base.hooks.findIndex((hook) => hook.name === first.name);
  const causes = [...compareHooks(base, options)];
  const everRead = readBefore(earlier, base);
  const now = base.inputs === undefined ? undefined : await options.inputsNow(base, everRead);
  if (base.inputs !== undefined && now !== undefined) {
    const compared = new Set(base.hooks.slice(start).map((hook) => `${base.phase}.d/${hook.name}`));
    const all = compareInputs(base.inputs, now);
    const scripts = all.some(isConsequence) ? changedScripts(everRead, options) : [];
    const differences = withoutConsequences([...all, ...scripts]).filter(
      (difference) => difference.kind !== 'files' || !compared.has(difference.name),
    );
    causes.push(...differences.map((difference) => describeDifference(difference, texts)));
  }
  if (start === 0 && base.before !== undefined && state !== undefined && base.before !== state)
    causes.push(...findTreeCauses(base, options));
  if (start > 0 && causes.length === 0) causes.push(...findSplitCauses(base, options));
  if (causes.length === 0) causes.push(...findReadCauses(everRead, options));
  if (causes.length === 0) causes.push(...base.notKept.map((reason) => `not kept last time: ${reason}`));
  // A directory that was listed, and in which names could be asked for, says the same twice.
  return [...new Set(causes)];
}

/** Hooks of the step that came, went or changed. */
function compareHooks(base: StepTrace, { run, digestOfHook, texts, earlier }: CauseOptions): readonly string[] {
  const start = base.hooks.findIndex((hook) => hook.name === run.hooks[0]?.name);
  const then = base.hooks.slice(start);
  const causes: string[] = [];
  const last = Math.max(...then.map((hook) => run.hooks.findIndex((now) => now.name === hook.name)));
  for (const hook of run.hooks.slice(0, last + 1)) {
    const old = then.find((one) => one.name === hook.name);
    const path = `${run.phase}.d/${hook.name}`;
    if (old === undefined) {
      if (findEarlierStep(earlier, { ...run, hooks: [hook] }) === undefined)
        causes.push(`hook ${path} of element ${hook.element} is new`);
    } else if (old.digest !== digestOfHook(hook))
      causes.push(
        describeDifference({ kind: 'files', name: hook.path ?? path, change: 'changed', recorded: old.digest }, texts),
      );
  }
  for (const hook of then) if (!run.hooks.some((now) => now.name === hook.name)) causes.push(hookIsGone(base, hook));
  return causes;
}

function hookIsGone(step: StepTrace, hook: StepTrace['hooks'][number]): string {
  return `hook ${step.phase}.d/${hook.name} of element ${hook.element} is gone`;
}

/** A script that changed names other variables and directories than before: that it did is the cause. */
function withoutConsequences(differences: readonly InputDifference[]): readonly InputDifference[] {
  if (!differences.some((difference) => difference.kind === 'files')) return differences;
  return differences.filter((difference) => !isConsequence(difference));
}

function isConsequence({ kind, change }: InputDifference): boolean {
  return change !== 'changed' && (kind === 'variables' || kind === 'names' || kind === 'host');
}

/** Files outside of phases that steps before have read, and that are others now: their text counts, too. */
function changedScripts(
  everRead: ReadonlySet<string>,
  { earlier, digestOfFile }: CauseOptions,
): readonly InputDifference[] {
  return [...everRead].filter(isOutside).flatMap((name) => {
    const recorded = earlier.find((step) => step.inputs?.files[name] !== undefined)?.inputs?.files[name];
    const now = digestOfFile(name);
    if (recorded === undefined || recorded === now) return [];
    const change = now === 'absent' ? 'is gone' : 'changed';
    return [{ kind: 'files', name, change, recorded } as const];
  });
}

function isOutside(path: string): boolean {
  return !/^[a-z-]+\.d\//.test(path);
}

/** A step that shared a layer with the hooks before it, which ran or were reused by themselves now. */
function findSplitCauses(base: StepTrace, { steps }: CauseOptions): readonly string[] {
  const before = steps.findLast(
    (step) => step.phase === base.phase && step.hooks.some((hook) => base.hooks.some((one) => one.name === hook.name)),
  );
  return before === undefined ? [] : [leftAnotherTree(before)];
}

/** Why the tree is another one than before this step in the last build. */
function findTreeCauses(base: StepTrace, { earlier, steps, isExplained }: CauseOptions): readonly string[] {
  const before = earlier.slice(0, earlier.indexOf(base));
  const namesNow = new Set(steps.flatMap((step) => step.hooks.map((hook) => `${step.phase}/${hook.name}`)));
  let agreedNow = -1;
  let agreedThen = -1;
  for (let at = steps.length - 1; at >= 0 && agreedNow < 0; at -= 1) {
    const step = steps[at];
    const name = step?.hooks.at(-1)?.name;
    const index = before.findIndex(
      (one) => one.phase === step?.phase && one.hooks.at(-1)?.name === name && one.after !== undefined,
    );
    if (index < 0 || step?.after === undefined || before[index]?.after !== step.after) continue;
    agreedNow = at;
    agreedThen = index;
  }
  const gone = before
    .slice(agreedThen + 1)
    .flatMap((step) =>
      step.hooks.filter((hook) => !namesNow.has(`${step.phase}/${hook.name}`)).map((hook) => hookIsGone(step, hook)),
    );
  const since = steps.map((step, index) => ({ step, index })).slice(agreedNow + 1);
  const lastKnown = since.findLastIndex(({ step }) => step.after !== undefined);
  const unknown = since.slice(lastKnown + 1).filter(({ step }) => step.after === undefined);
  const changed = [
    ...since.slice(Math.max(lastKnown, 0), lastKnown + 1),
    ...unknown.filter(({ index }) => isExplained(index)),
  ];
  if (changed.length === 0 && gone.length === 0) changed.push(...unknown.slice(-1));
  if (changed.length === 0 && gone.length === 0) return ['what the engine itself put into the tree changed'];
  return [...changed.map(({ step }) => leftAnotherTree(step)), ...gone];
}

function leftAnotherTree(step: StepTrace): string {
  return `it never ran on the tree that ${step.phase}.d/${step.hooks.at(-1)?.name} left now`;
}

/** Files outside of phases that steps before this one have read: they may be in the tree, and be run. */
function readBefore(steps: readonly StepTrace[], end: StepTrace | undefined): ReadonlySet<string> {
  const at = end === undefined ? steps.length : steps.indexOf(end);
  return new Set(
    steps.slice(0, at).flatMap((step) => [...Object.keys(step.inputs?.files ?? {}), ...(step.made ?? [])]),
  );
}

/** Nothing but what ran before it read other files: these may have brought programs that read more. */
function findReadCauses(everRead: ReadonlySet<string>, { steps, earlier }: CauseOptions): readonly string[] {
  const reads = (step: StepTrace, path: string): boolean => step.inputs?.files[path] !== undefined;
  const now = readBefore(steps, undefined);
  const fresh = [...now].filter((path) => isOutside(path) && !everRead.has(path));
  const lost = [...everRead].filter((path) => isOutside(path) && !now.has(path));
  return [
    ...fresh.flatMap((path) =>
      steps
        .filter((step) => reads(step, path))
        .slice(0, 1)
        .map((step) => `${nameOf(step)} has read ${path} before it now`),
    ),
    ...lost.flatMap((path) =>
      earlier
        .filter((step) => reads(step, path))
        .slice(0, 1)
        .map((step) => `${nameOf(step)} has not read ${path} before it now`),
    ),
  ];
}

function nameOf(step: StepTrace): string {
  return `${step.phase}.d/${step.hooks.at(-1)?.name}`;
}
