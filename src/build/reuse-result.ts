import { readFile, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { faultsOf } from '../base/build-error.js';
import { withScope } from '../base/scope.js';
import { formatDuration } from '../base/units.js';
import { openDraft } from '../formats/draft.js';
import { finishArtifact } from '../formats/finish-artifact.js';
import { digestOfVariable } from '../layers/choose-variables.js';
import { type KeptResult, readKeptResult, resultDirectory } from '../layers/kept-result.js';
import { openReleaseFiles } from '../layers/release-file.js';
import type { Artifact } from '../model/artifact.js';
import { type Phase, placeOfPhase } from '../model/phase.js';
import type { Ports } from '../model/ports.js';
import type { SandboxMessage } from '../model/sandbox-message.js';
import { workspace } from '../model/workspace.js';
import { readDeclarations, resolveDeclared } from './declared-inputs.js';

/** What {@link reuseResult} needs. */
export interface ReuseOptions {
  readonly message: SandboxMessage;
  readonly storeDirectory: string;
  /** Fills the staging directory, where declared commands run. */
  readonly stage: () => Promise<void>;
}

/**
 * Gives the image of the last build out again when everything is as it was then.
 *
 * The caller gets a copy: what is done to it changes nothing in the store.
 *
 * @returns the artifacts, or undefined when a build is needed
 */
export async function reuseResult(options: ReuseOptions, ports: Ports): Promise<readonly Artifact[] | undefined> {
  const { message, storeDirectory } = options;
  const { request } = message.plan;
  if (message.resultKey === undefined || request.cacheMode === 'fresh') return undefined;
  const directory = resultDirectory(storeDirectory, request.imagePath);
  const result = await readKeptResult(directory);
  if (result === undefined || result.key !== message.resultKey) return undefined;
  return withScope(async (scope) => {
    // Copied while it is looked at whether it may be given out: the copies have no name yet.
    const copying = Promise.all(
      result.artifacts.map(async (kept) => {
        const draft = await openDraft(`${request.imagePath}.${kept.extension}`, ports);
        scope.onClose(draft.path, () => draft.discard());
        await ports.programs.require({
          program: 'cp',
          arguments: ['--reflink=auto', '--sparse=always', '--', `${directory}/${kept.name}`, draft.path],
        });
        return { kept, draft };
      }),
    ).catch(() => undefined);
    const [isSame, copies] = await Promise.all([isStillTrue(result, options, ports), copying]);
    if (!isSame || copies === undefined || (await readKeptResult(directory)) === undefined) return undefined;
    for (const { path, name } of result.outputs) {
      await ports.programs.require({ program: 'mkdir', arguments: ['-p', '--', dirname(path)] });
      await ports.programs.require({ program: 'cp', arguments: ['-a', '-T', '--', `${directory}/${name}`, path] });
    }
    const artifacts: Artifact[] = [];
    for (const { kept, draft } of copies) {
      const { format, digests } = kept.artifact;
      artifacts.push(await finishArtifact({ format, extension: kept.extension, draft, digests }, request, ports));
    }
    const nowMs = ports.clock.nowMs();
    await utimes(`${directory}/result.json`, nowMs / 1000, nowMs / 1000);
    ports.emit({
      kind: 'message',
      level: 'info',
      text: `nothing has changed since ${new Date(result.createdMs).toISOString()}: that image is given out again, which saves ${formatDuration(result.durationMs)}`,
    });
    return artifacts;
  });
}

async function isStillTrue(result: KeptResult, options: ReuseOptions, ports: Ports): Promise<boolean> {
  const { request } = options.message.plan;
  const { archives, variables, expiresMs } = result.conditions;
  const isTrusted = request.cacheMode === 'trust' || request.isOffline;
  const nowMs = ports.clock.nowMs();
  if (!isTrusted && expiresMs !== undefined && (nowMs > expiresMs || nowMs < result.createdMs)) return false;
  const salt = await readFile(`${options.storeDirectory}/salt`, 'utf8').catch(() => '');
  for (const [name, digest] of Object.entries(variables))
    if (digestOfVariable(name, request.callerEnvironment[name] ?? '', salt) !== digest) return false;
  const stateOf = openReleaseFiles(request.callerEnvironment);
  const answers = await Promise.all([
    // A command that fails now is one that says something else.
    areDeclaredSame(result, options, ports).catch((error: unknown) => {
      if (faultsOf(error).length === 0) throw error;
      return false;
    }),
    ...Object.entries(isTrusted ? {} : archives).map(
      async ([address, digest]) => (await stateOf(address)).digest === digest,
    ),
  ]);
  return answers.every((isSame) => isSame);
}

/** Files and commands of the host that elements declare for their hooks. */
async function areDeclaredSame(result: KeptResult, options: ReuseOptions, ports: Ports): Promise<boolean> {
  const { plan } = options.message;
  const entries = Object.entries(result.conditions.declared);
  if (entries.length === 0) return true;
  const [declarations] = await Promise.all([readDeclarations(plan.elementSet.elements), options.stage()]);
  const answers = await Promise.all(
    entries.map(async ([path, digests]) => {
      const owner = plan.elementSet.elements.find(({ name }) => declarations.get(name)?.hooks.has(path));
      const declaration = declarations.get(owner?.name ?? '')?.hooks.get(path);
      if (owner === undefined || declaration === undefined) return false;
      const phase = path.slice(0, path.indexOf('.d/')) as Phase;
      const isWithTree = phase === 'root' || phase === 'cleanup';
      const run = {
        phase,
        place: placeOfPhase[phase],
        hooks: [{ name: path.slice(path.indexOf('/') + 1), element: owner.name, path }],
        environment: {
          ...plan.environment.values,
          ...(isWithTree ? { TARGET_ROOT: workspace.treeDirectory } : {}),
        },
      };
      const { archivesCommand: _, ...withoutArchives } = declaration;
      const now = await resolveDeclared(withoutArchives, run, ports);
      return JSON.stringify(sorted(now.digests)) === JSON.stringify(sorted(digests));
    }),
  );
  return answers.every((isSame) => isSame);
}

function sorted(digests: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(digests).sort(([left], [right]) => (left < right ? -1 : 1));
}
