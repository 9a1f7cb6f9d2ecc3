import { BuildError } from '../base/build-error.js';
import type { HookRun, StepContext } from '../model/step-context.js';
import { findOutsideCause } from './judge-hook-failure.js';
import { phaseEnvironment } from './run-phase.js';

/**
 * Installs the packages of `-p` with the image's own `install-packages`, with the environment files sourced and the
 * staging directory there, like a hook at the end of the install phase.
 *
 * @throws BuildError `HOOK_FAILED`, `SPACE_MISSING` or `MIRROR_FAILED`
 */
export async function installPackages(packages: readonly string[], context: StepContext): Promise<void> {
  const { ports } = context;
  await ports.target.attachStaging();
  const environment = await phaseEnvironment({ phase: 'install', place: 'chroot' }, context);
  const words = ['install-packages', ...packages];
  const run: HookRun = {
    phase: 'install',
    place: 'chroot',
    hooks: [{ name: words.join(' '), element: 'command line' }],
    environment,
  };
  if (((await ports.layers?.reuse(run)) ?? 0) > 0) return ports.target.detachStaging();
  await ports.layers?.beforeHook(run);
  const [program = 'chroot', ...prefix] = ports.target.chrootPrefix;
  const { exitStatus, durationMs, lastLines } = await ports.programs.run({
    program,
    arguments: [...prefix, ...words],
    environment,
    output: 'log',
    source: 'install-packages',
  });
  if (exitStatus === 0) {
    await ports.layers?.afterHook(run, durationMs);
    await ports.target.endLeftovers();
    await ports.layers?.endPhase();
    return ports.target.detachStaging();
  }
  const cause = await findOutsideCause(
    { what: `install-packages ${packages.join(' ')} (-p)`, lastLines: lastLines ?? [], exitStatus },
    context,
  );
  await ports.layers?.keepFailure(run, { isTreeDropped: cause?.code === 'SPACE_MISSING' });
  if (cause !== undefined) throw cause;
  throw new BuildError({
    code: 'HOOK_FAILED',
    message: `install-packages ${packages.join(' ')} (-p) exited with ${exitStatus}`,
    hint: "names are those of the image's distribution, they are not mapped",
    exitStatus,
  });
}
