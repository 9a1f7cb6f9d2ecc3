import { checkOutputs } from '../formats/check-outputs.js';
import type { Ports } from '../model/ports.js';
import type { BuildRequest } from '../model/request.js';
import { findSecrets } from '../report/redact-secrets.js';
import type { Caller } from '../sandbox/host-abilities.js';
import { enterSandbox } from './enter-sandbox.js';
import { makeBuildPlan } from './make-build-plan.js';

/** What the outer process knows of the world, handed in by `cli/`. */
export interface BuildImageOptions {
  readonly request: BuildRequest;
  readonly caller: Caller;
  readonly version: string;
  readonly nodePath: string;
  readonly processEnvironment: Readonly<Record<string, string>>;
  readonly pathDirectories: readonly string[];
  readonly terminal: { readonly isTerminal: boolean; readonly hasColour: boolean };
  readonly cpuCount: number;
  readonly onStopRequest: (stop: () => void) => void;
}

/**
 * Builds one image: decides everything, checks the host and the output directory, then runs the plan in a namespace.
 *
 * @returns the exit status of the build
 * @throws BuildError or BuildErrors for everything that is wrong before the start
 */
export async function buildImage(options: BuildImageOptions, ports: Ports): Promise<number> {
  const { request } = options;
  const { plan, coreEnvironment } = await makeBuildPlan(request, ports);
  await checkOutputs(request);
  return enterSandbox(
    {
      message: {
        plan,
        coreEnvironment,
        version: options.version,
        pathDirectories: options.pathDirectories,
        ...(request.sourceDateEpochSeconds === undefined
          ? {}
          : { identitySeed: `${request.sourceDateEpochSeconds}:${request.imageName}:${plan.elementSet.digest}` }),
        secrets: findSecrets(request.callerEnvironment),
        terminal: options.terminal,
        cpuCount: options.cpuCount,
      },
      caller: options.caller,
      nodePath: options.nodePath,
      processEnvironment: options.processEnvironment,
      onStopRequest: options.onStopRequest,
    },
    ports,
  );
}
