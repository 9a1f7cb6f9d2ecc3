import { readFile, stat } from 'node:fs/promises';
import { BuildError } from '../base/build-error.js';
import type { HookPlace, Phase } from '../model/phase.js';
import type { StepContext } from '../model/step-context.js';
import { findMirrorFault } from './find-mirror-fault.js';
import { findMissingSpace, measurePlaces } from './find-missing-space.js';

/** A hook that ended with a status other than 0. */
export interface FailedHook {
  readonly phase: Phase;
  readonly place: HookPlace;
  readonly hook: string;
  readonly element: string;
  readonly exitStatus: number;
  /** What it said last. */
  readonly lastLines: readonly string[];
}

/**
 * The fault that a failed hook comes to: no space, an archive that failed it, no interpreter, or the hook's own.
 *
 * @returns `SPACE_MISSING`, `MIRROR_FAILED`, `HOOK_NOT_RUNNABLE` or `HOOK_FAILED`, with the hook's exit status
 */
export async function judgeHookFailure(failed: FailedHook, context: StepContext): Promise<BuildError> {
  const { exitStatus } = failed;
  const where = `${failed.phase}.d/${failed.hook} of element ${failed.element}`;
  const interpreter = exitStatus === 127 || exitStatus === 126 ? await missingInterpreter(failed, context) : undefined;
  if (interpreter !== undefined) {
    return new BuildError({
      code: 'HOOK_NOT_RUNNABLE',
      message: `hook ${where} cannot start: its interpreter ${interpreter} is not ${failed.place === 'chroot' ? 'in the image' : 'on the host'}`,
      hint:
        failed.place === 'chroot'
          ? 'install it in an earlier phase (package-installs.yaml with phase pre-install.d)'
          : 'install it on the host',
      exitStatus,
    });
  }
  const known = await findOutsideCause({ what: `hook ${where}`, lastLines: failed.lastLines, exitStatus }, context);
  if (known !== undefined) return known;
  const shell = hasLayers(context)
    ? `to look at the tree as it left it: dib shell ${context.plan.request.imagePath}; `
    : '';
  return new BuildError({
    code: 'HOOK_FAILED',
    message: `hook ${where} exited with ${exitStatus}`,
    hint: `${shell}to look at the tree at that moment: break=after-error, same command`,
    exitStatus,
  });
}

/** What made a program fail that is not its own fault: no space, or a package archive; undefined when it is neither. */
export async function findOutsideCause(
  failed: { readonly what: string; readonly lastLines: readonly string[]; readonly exitStatus: number },
  context: StepContext,
): Promise<BuildError | undefined> {
  const { what, lastLines, exitStatus } = failed;
  const space = findMissingSpace({
    what,
    lines: lastLines,
    exitStatus,
    places: await measurePlaces({
      workspaceDirectory: context.workspace.root,
      request: context.plan.request,
      hasLayers: hasLayers(context),
    }),
  });
  if (space !== undefined) return space;
  const mirror = findMirrorFault(lastLines);
  if (mirror === undefined) return undefined;
  return new BuildError({
    code: 'MIRROR_FAILED',
    message: `package archive ${mirror.mirror} ${mirror.what}, in ${what}, which exited with ${exitStatus}\n  ${mirror.cause}`,
    hint: mirror.hint,
    exitStatus,
  });
}

/** On a disk that is mounted over the tree nothing is a layer. */
function hasLayers(context: StepContext): boolean {
  return context.state.loopDisk === undefined && context.ports.layers !== undefined;
}

async function missingInterpreter(
  hook: Pick<FailedHook, 'phase' | 'place' | 'hook'>,
  context: StepContext,
): Promise<string | undefined> {
  const text = await readFile(`${context.workspace.stagingDirectory}/${hook.phase}.d/${hook.hook}`, 'latin1');
  const interpreter = /^#!\s*(\S+)/.exec(text)?.[1];
  if (interpreter === undefined) return undefined;
  const path = hook.place === 'chroot' ? `${context.ports.target.treeDirectory}${interpreter}` : interpreter;
  return (await stat(path).catch(() => undefined)) === undefined ? interpreter : undefined;
}
