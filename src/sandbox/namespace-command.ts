import { assetsDirectory } from '../base/assets.js';

/** What {@link namespaceCommand} needs. */
export interface NamespaceCommandOptions {
  readonly isRoot: boolean;
  /** `tmpfs:SIZE_BYTES` or `disk:DIRECTORY`, as `assets/sandbox/enter` takes it. */
  readonly workspaceArgument: string;
  /** What runs inside, after the new root is made. */
  readonly command: readonly string[];
}

/**
 * The command that runs another one in the build's own mount, PID, IPC and UTS namespace, without root in a user
 * namespace with the subordinate ids of the caller too.
 *
 * The kernel ends everything inside when the caller dies: setpriv ties unshare to its parent (prctl(2)
 * PR_SET_PDEATHSIG), `--kill-child` ties process 1 to unshare, and the namespace dies with its process 1.
 */
export function namespaceCommand(options: NamespaceCommandOptions): {
  readonly program: string;
  readonly arguments: readonly string[];
} {
  return {
    program: 'setpriv',
    arguments: [
      '--pdeathsig',
      'SIGKILL',
      'unshare',
      ...(options.isRoot ? [] : userNamespaceFlags),
      '--mount',
      '--pid',
      '--ipc',
      '--uts',
      '--fork',
      '--kill-child',
      '--propagation',
      'private',
      'bash',
      `${assetsDirectory}/sandbox/enter`,
      options.workspaceArgument,
      ...options.command,
    ],
  };
}

/** The caller becomes root of a user namespace, its subordinate ids follow from 1 on. */
export const userNamespaceFlags: readonly string[] = ['--user', '--map-root-user', '--map-auto'];
