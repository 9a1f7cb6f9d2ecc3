import { digestOf } from '../../src/base/digest.js';
import type { HookDeclaration } from '../../src/layers/cache-declaration.js';
import type { StepInputsOptions } from '../../src/layers/step-inputs.js';
import type { HookRun } from '../../src/model/step-context.js';

/** A staging directory with these texts, by path, in which nothing else can be asked for. */
export function fakeWatch(texts: ReadonlyMap<string, string>): StepInputsOptions['watch'] {
  const textOf = (path: string): string | undefined => texts.get(path);
  return {
    textOf,
    digestOfFile: (path) => {
      const text = textOf(path);
      return text === undefined ? undefined : digestOf(text);
    },
    digestOfListing: () => 'listing',
    digestOfNames: () => 'names',
    filesOutsidePhases: () => [],
  };
}

/** A run of hooks of the element `own` that install in the tree. */
export function fakeRun(names: readonly string[], given: Partial<HookRun> = {}): HookRun {
  const phase = given.phase ?? 'install';
  return {
    phase,
    place: 'chroot',
    hooks: names.map((name) => ({ name, element: 'own', path: `${phase}.d/${name}` })),
    environment: {},
    ...given,
  };
}

/** What a hook declares that may be kept though it runs on the host. */
export const pure: HookDeclaration = {
  isPure: true,
  isNever: false,
  hostFiles: [],
  hostCommands: [],
  placeVariables: [],
};
