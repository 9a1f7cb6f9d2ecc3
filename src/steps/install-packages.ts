import { BuildError } from '../base/build-error.js';
import type { StepContext } from '../model/step-context.js';
import { phaseEnvironment } from './run-phase.js';

/**
 * Installs the packages of `-p` with the image's own `install-packages`, with the environment files sourced and the
 * staging directory there, like a hook at the end of the install phase.
 *
 * @throws BuildError `HOOK_FAILED`
 */
export async function installPackages(packages: readonly string[], context: StepContext): Promise<void> {
  const { ports } = context;
  await ports.target.attachStaging();
  const environment = await phaseEnvironment({ phase: 'install', place: 'chroot' }, context);
  const [program = 'chroot', ...prefix] = ports.target.chrootPrefix;
  const { exitStatus } = await ports.programs.run({
    program,
    arguments: [...prefix, 'install-packages', ...packages],
    environment,
    output: 'log',
    source: 'install-packages',
  });
  await ports.target.detachStaging();
  if (exitStatus === 0) return;
  throw new BuildError({
    code: 'HOOK_FAILED',
    message: `install-packages ${packages.join(' ')} (-p) exited with ${exitStatus}`,
    hint: "names are those of the image's distribution, they are not mapped",
    exitStatus,
  });
}
