import { mkdtemp, readFile, realpath } from 'node:fs/promises';
import { packageDirectory } from '../base/assets.js';
import { BuildError, throwFaults } from '../base/build-error.js';
import { withScope } from '../base/scope.js';
import { findLoopFaults } from '../loop/find-loop-faults.js';
import type { Ports } from '../model/ports.js';
import type { SandboxMessage } from '../model/sandbox-message.js';
import { startReaper } from '../process/reaper.js';
import { superviseChild } from '../process/supervise.js';
import { chooseWorkspace } from '../sandbox/choose-workspace.js';
import { type Caller, findSandboxFaults, namespacePrograms } from '../sandbox/host-abilities.js';
import { namespaceCommand, userNamespaceFlags } from '../sandbox/namespace-command.js';
import { findMissingPrograms } from './find-missing-programs.js';
import { makeCacheDirectory } from './make-cache-directory.js';

/** What {@link enterSandbox} needs. */
export interface EnterSandboxOptions {
  readonly message: SandboxMessage;
  readonly caller: Caller;
  /** Node's own program. */
  readonly nodePath: string;
  /** Variables of the inner Node process itself, not of hooks. */
  readonly processEnvironment: Readonly<Record<string, string>>;
  /** Called once with a function that asks the build to stop. */
  readonly onStopRequest: (stop: () => void) => void;
}

/**
 * Runs a plan inside a namespace of its own and gives the exit status.
 *
 * The outer process only forwards terminal, signals and exit status. When it dies, by whatever signal, the kernel
 * ends everything inside; a workspace on disk is removed by a process that waits for just that.
 *
 * @throws BuildErrors with every gap of the host that is known before the start
 */
export async function enterSandbox(options: EnterSandboxOptions, ports: Ports): Promise<number> {
  const { request, hostPrograms, diskMode } = options.message.plan;
  const missing = findMissingPrograms(hostPrograms, ports.programs);
  // What the namespace needs is among them: named once is enough.
  const isNamed = namespacePrograms.some((program) => ports.programs.find(program) === undefined);
  const sandboxFaults = isNamed ? [] : await findSandboxFaults(options.caller, ports.programs);
  throwFaults([...sandboxFaults, ...findLoopFaults({ diskMode, userId: options.caller.userId }), ...missing]);
  const isRoot = options.caller.userId === 0;
  return withScope(async (scope) => {
    const choice = chooseWorkspace({
      memoryText: await readFile('/proc/meminfo', 'utf8').catch(() => undefined),
      isTmpfsRefused: request.isTmpfsRefused,
      minimumTmpfsGib: request.minimumTmpfsGib,
      temporaryDirectory: request.temporaryDirectory,
    });
    let workspaceArgument = `tmpfs:${choice.kind === 'tmpfs' ? choice.sizeBytes : 0}`;
    if (choice.kind === 'disk') {
      if (!request.isTmpfsRefused)
        ports.emit({ kind: 'message', level: 'warning', text: `working on disk: ${choice.because}` });
      const directory = await makeDirectoryIn(choice.parentDirectory);
      const reaper = startReaper({
        directory,
        prefix: isRoot ? [] : ['unshare', ...userNamespaceFlags],
        environment: { PATH: options.message.pathDirectories.join(':') },
      });
      scope.onClose(directory, () => reaper.reap());
      workspaceArgument = `disk:${directory}`;
    }
    await makeCacheDirectory(request.cacheDirectory, 'DIB_IMAGE_CACHE');
    await makeCacheDirectory(request.lockDirectory, 'DIB_LOCKFILES');
    const inside = namespaceCommand({
      isRoot,
      workspaceArgument,
      command: [options.nodePath, '--max-semi-space-size=16', `${packageDirectory}/dist/cli/inner-main.js`],
    });
    const program = ports.programs.find(inside.program);
    if (program === undefined) throw new Error('Internal error: setpriv vanished');
    const child = superviseChild({
      program,
      arguments: inside.arguments,
      environment: options.processEnvironment,
      workingDirectory: request.workingDirectory,
      message: JSON.stringify(options.message),
    });
    options.onStopRequest(() => child.send('stop'));
    return child.exit;
  });
}

async function makeDirectoryIn(parentDirectory: string): Promise<string> {
  try {
    return await mkdtemp(`${await realpath(parentDirectory)}/dib_build.`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new BuildError({
      code: 'SPACE_MISSING',
      message: `no working directory can be made in ${parentDirectory}: ${error.message}`,
      hint: 'name another place in TMPDIR, or let the build work in memory (without --no-tmpfs)',
      cause: error,
    });
  }
}
