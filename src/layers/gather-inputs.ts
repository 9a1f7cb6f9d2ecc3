import { digestOf } from '../base/digest.js';
import { type Phase, phases } from '../model/phase.js';
import { chooseVariables } from './choose-variables.js';
import type { UnitInputs } from './layer-record.js';
import type { ScriptFacts } from './script-text.js';
import type { ScriptView } from './script-views.js';
import type { StagingWatch } from './staging-watch.js';

/** What hooks have read, or did when a record was made: names only, the digests are those of now. */
export interface InputNames {
  readonly files: readonly string[];
  readonly listings: readonly string[];
  /** Addresses of release files. */
  readonly archives: readonly string[];
}

/** Where the digests of now come from. */
export interface InputSources {
  readonly watch: Pick<StagingWatch, 'digestOfFile' | 'digestOfListing' | 'digestOfNames' | 'filesOutsidePhases'>;
  readonly scriptOf: (path: string) => ScriptView;
  readonly phase: Phase;
  readonly environment: Readonly<Record<string, string>>;
  readonly salt: string;
  /** Paths in the staging directory that anything has read since the build began: they may be in the tree by now. */
  readonly everRead: ReadonlySet<string>;
  /** What others mounted below the tree, each with a digest. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly kernel: string;
  /** For hooks that declared what they read: only named variables count, names in the staging directory do not. */
  readonly isDeclared: boolean;
  /** Variables that do not count, as was declared. */
  readonly placeVariables: readonly string[];
  /** Digests of what was declared: files and commands of the host. */
  readonly declared: Readonly<Record<string, string>>;
  /** Digest of a release file now, or of the reason why it cannot be had. */
  readonly digestOfArchive: (address: string) => Promise<string>;
}

/** Gives the inputs as they are now. */
export async function gatherInputs(names: InputNames, sources: InputSources): Promise<UnitInputs> {
  const { watch } = sources;
  const scripts = readScripts(names.files, sources);
  const facts = scripts.map((script) => script.facts);
  const archives: Record<string, string> = {};
  for (const address of names.archives) archives[address] = await sources.digestOfArchive(address);
  return {
    files: digestsOf(names.files, watch.digestOfFile),
    listings: digestsOf(names.listings, watch.digestOfListing),
    names: sources.isDeclared
      ? {}
      : Object.fromEntries(partsAskedFor(sources.phase, scripts).map((part) => [part, watch.digestOfNames(part)])),
    variables: chooseVariables({
      environment: sources.environment,
      isNamed: (name) => scripts.some((script) => script.names(name)),
      isDynamic: !sources.isDeclared && facts.some((fact) => fact.hasDynamicVariables),
      isPrinted: !sources.isDeclared && facts.some((fact) => fact.printsVariables),
      isNamedOnly: sources.isDeclared,
      placeVariables: sources.placeVariables,
      salt: sources.salt,
    }),
    mounts: sources.mounts,
    archives,
    host: {
      ...sources.declared,
      ...(facts.some((fact) => fact.asksForKernel) ? { kernel: digestOf(sources.kernel).slice(0, 32) } : {}),
    },
  };
}

/** One input that is not as it was. */
export interface InputDifference {
  readonly kind: keyof UnitInputs;
  readonly name: string;
  readonly change: 'is new' | 'is gone' | 'changed';
  /** Digest that was recorded. */
  readonly recorded?: string;
}

/** The differences between inputs, the smallest things first; none when they are the same. */
export function compareInputs(recorded: UnitInputs, now: UnitInputs): readonly InputDifference[] {
  const differences: InputDifference[] = [];
  for (const kind of ['files', 'variables', 'archives', 'host', 'mounts', 'listings', 'names'] as const) {
    for (const name of new Set([...Object.keys(recorded[kind]), ...Object.keys(now[kind])])) {
      const [then, today] = [recorded[kind][name], now[kind][name]];
      if (then === today) continue;
      const change =
        then === undefined || (kind === 'files' && then === 'absent')
          ? 'is new'
          : today === undefined || (kind === 'files' && today === 'absent')
            ? 'is gone'
            : 'changed';
      differences.push({ kind, name, change, ...(then === undefined ? {} : { recorded: then }) });
    }
  }
  return differences;
}

/** Everything that may have been executed: what was read, and what was put into the tree before. */
function readScripts(
  files: readonly string[],
  sources: Pick<InputSources, 'watch' | 'scriptOf' | 'everRead'>,
): readonly (ScriptView & { readonly path: string })[] {
  const outside = sources.watch.filesOutsidePhases().filter((path) => sources.everRead.has(path));
  return [...new Set([...files, ...outside])].map((path) => ({ path, ...sources.scriptOf(path) }));
}

/** Whether the text of a hook may ask which hooks there are. */
export function asksForHooks(phase: Phase, path: string, scriptOf: InputSources['scriptOf']): boolean {
  return partsAskedFor(phase, [{ path, facts: scriptOf(path).facts }]).length > 1;
}

/** Parts of the staging directory whose names the scripts may ask for; beside itself only a hook finds hooks. */
function partsAskedFor(
  phase: Phase,
  scripts: readonly { readonly path: string; readonly facts: ScriptFacts }[],
): readonly (Phase | 'others')[] {
  const isEverything = scripts.some(({ facts }) => facts.hasDynamicDirectories);
  const named = phases.filter(
    (name) =>
      isEverything ||
      scripts.some(({ facts }) => facts.namedPhases.includes(name)) ||
      (name === phase && scripts.some(({ path, facts }) => facts.looksBesideItself && path.startsWith(`${name}.d/`))),
  );
  return ['others', ...named];
}

function digestsOf(
  paths: readonly string[],
  digest: (path: string) => string | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(paths.map((path) => [path, digest(path) ?? 'absent']));
}
