import { BuildError } from '../base/build-error.js';
import type { HookPlace } from '../model/phase.js';
import type { StepContext } from '../model/step-context.js';
import { targetEnvironment } from '../plan/core-environment.js';

/**
 * Runs the break command, or a shell, when the request asks for this break point.
 *
 * `break_cmd` is shell text, run by `bash -c` in the chroot for chroot phases (on the host with
 * `break_outside_target`), else on the host.
 *
 * @throws BuildError `INTERRUPTED` when the command ends with another status than 0, except after an error, where the
 * hook's own failure is what ends the build
 */
export async function breakAt(
  point: { readonly name: string; readonly place: HookPlace },
  context: StepContext,
): Promise<void> {
  const { breakPoints, workingDirectory } = context.plan.request;
  if (!breakPoints.names.includes(point.name)) return;
  const { ports } = context;
  const isInTarget = point.place === 'chroot' && !(point.name === 'after-error' && breakPoints.isOutsideTarget);
  const variables = {
    ...context.coreEnvironment,
    ...Object.fromEntries(context.state.hookVariables),
    TARGET_ROOT: context.workspace.treeDirectory,
  };
  const words = breakPoints.command === undefined ? ['bash'] : ['bash', '-c', breakPoints.command];
  const [program = 'bash', ...rest] = isInTarget ? [...ports.target.chrootPrefix, ...words] : words;
  ports.emit({
    kind: 'message',
    level: 'info',
    text: `Starting debug shell. Exit to resume building. At stage ${point.name}`,
  });
  const { exitStatus } = await ports.runInteractively({
    program,
    arguments: rest,
    environment: isInTarget ? targetEnvironment(variables) : variables,
    ...(isInTarget ? {} : { workingDirectory }),
    isInteractive: true,
  });
  ports.emit({ kind: 'message', level: 'info', text: 'Resuming' });
  if (exitStatus === 0 || point.name === 'after-error') return;
  throw new BuildError({
    code: 'INTERRUPTED',
    message: `the break command at ${point.name} ended with exit status ${exitStatus}`,
    hint: 'leave the shell with "exit 0" to go on',
    exitStatus,
  });
}
