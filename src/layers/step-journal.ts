import type { HookRun } from '../model/step-context.js';
import type { HookDeclaration } from './cache-declaration.js';
import type { InputTexts } from './describe-difference.js';
import { findCauses } from './find-causes.js';
import { gatherInputs, type InputNames } from './gather-inputs.js';
import type { KeptTexts } from './kept-texts.js';
import type { Decision, StepTrace, UnitInputs } from './layer-record.js';
import type { StagingWatch } from './staging-watch.js';
import type { StepInputs } from './step-inputs.js';
import type { TreeSurroundings } from './tree-surroundings.js';

/** Said of hooks on the host that nobody declared pure. */
export const hostEachTime = 'host hooks run each time';

/** Said of hooks that are declared so. */
export const neverKept = 'declared never to be kept';

/** One step as {@link StepJournal.note} takes it: hooks that ran, were reused or failed, or one hook beside the tree. */
export interface JournalEntry {
  readonly phase: Decision['phase'];
  readonly hooks: StepTrace['hooks'];
  readonly decision: Omit<Decision, 'phase' | 'hooks' | 'elements'>;
  readonly trace: Omit<StepTrace, 'phase' | 'hooks'>;
}

/** What the steps of a build came to, in order: for explanations, and for the next build to compare with. */
export interface StepJournal {
  /** How to tell of what was read. */
  readonly texts: InputTexts;
  decisions(): readonly Decision[];
  /** What each step read and left, in the same order. */
  traces(): readonly StepTrace[];
  /** Notes the next step, and gives its place. */
  note(entry: JournalEntry): number;
  /** Adds what is known only later of a step that was noted. */
  amend(at: number, because: readonly string[], trace: Partial<JournalEntry['trace']>): void;
  /** The smallest differences of the next hook from the last build of this image. */
  causesOf(run: HookRun, state: string | undefined): Promise<readonly string[]>;
}

/** What {@link openStepJournal} needs. */
export interface StepJournalOptions {
  readonly inputs: Pick<StepInputs, 'declaredOf' | 'sourcesOf' | 'digestOfHook'>;
  readonly watch: Pick<StagingWatch, 'digestOfFile'>;
  readonly declarationOf: (run: HookRun) => HookDeclaration | undefined;
  readonly readMounts: () => Promise<TreeSurroundings['mounts']>;
  /** What the steps of the last build of this image read and left, in order. */
  readonly earlierSteps: readonly StepTrace[];
  /** Archives are not asked. */
  readonly isTrusted: boolean;
  readonly texts: Pick<KeptTexts, 'recorded' | 'now'>;
  readonly elementOf: InputTexts['elementOf'];
  readonly setterOf: InputTexts['setterOf'];
}

/** Opens the journal of a build, with nothing in it. */
export function openStepJournal(options: StepJournalOptions): StepJournal {
  const { inputs } = options;
  const decisions: Decision[] = [];
  const traces: StepTrace[] = [];
  const texts: InputTexts = {
    recorded: options.texts.recorded,
    now: options.texts.now,
    elementOf: options.elementOf,
    makerOf: (path) => {
      const maker = [...traces].reverse().find((step) => step.made?.includes(path) === true);
      return maker === undefined ? undefined : `${maker.phase}.d/${maker.hooks.at(-1)?.name}`;
    },
    setterOf: options.setterOf,
  };
  return {
    texts,
    decisions: () => decisions,
    traces: () => traces,
    note({ phase, hooks, decision, trace }) {
      traces.push({ phase, hooks, ...trace });
      decisions.push({
        phase,
        hooks: hooks.map((hook) => hook.name),
        elements: hooks.map((hook) => hook.element),
        ...decision,
      });
      return decisions.length - 1;
    },
    amend(at, because, trace) {
      const [decision, before] = [decisions[at], traces[at]];
      if (decision === undefined || before === undefined) throw new Error(`Internal error: no step ${at} was noted`);
      decisions[at] = { ...decision, because: [...decision.because, ...because] };
      traces[at] = { ...before, ...trace };
    },
    causesOf(run, state) {
      const inputsNow = async (base: StepTrace, before: ReadonlySet<string>): Promise<UnitInputs | undefined> => {
        if (base.inputs === undefined) return undefined;
        const declaration = options.declarationOf(run);
        const names: InputNames = {
          files: Object.keys(base.inputs.files),
          listings: Object.keys(base.inputs.listings),
          archives: options.isTrusted ? [] : Object.keys(base.inputs.archives),
        };
        const sources = inputs.sourcesOf(run, {
          mounts: await options.readMounts(),
          declaration,
          declared: await inputs.declaredOf(declaration, run),
          everRead: before,
        });
        return gatherInputs(names, base.salt === undefined ? sources : { ...sources, salt: base.salt });
      };
      return findCauses({
        run,
        state,
        earlier: options.earlierSteps,
        steps: traces,
        inputsNow,
        digestOfHook: inputs.digestOfHook,
        digestOfFile: (path) => options.watch.digestOfFile(path) ?? 'absent',
        isExplained: (index) => (decisions[index]?.because ?? []).some((cause) => !saysEachTime(cause)),
        texts,
      });
    },
  };
}

/** What is said of hooks that are not kept, whatever their inputs are. */
function saysEachTime(cause: string): boolean {
  return cause === hostEachTime || cause === neverKept;
}
