import { checkOutputs } from '../formats/check-outputs.js';
import type { Ports } from '../model/ports.js';
import type { BuildRequest } from '../model/request.js';
import { findSecrets } from '../report/redact-secrets.js';
import type { Caller } from '../sandbox/host-abilities.js';
import { enterSandbox } from './enter-sandbox.js';
import { chooseIdentitySeed } from './identity-seed.js';
import { keepResult } from './keep-result.js';
import { layerStoreOf } from './layer-store-of.js';
import { makeBuildPlan } from './make-build-plan.js';
import { openIdentities } from './open-ports.js';
import { computeResultKey } from './result-key.js';

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
  const storeDirectory = layerStoreOf(request.cacheDirectory, options.caller.userId);
  const [identitySeed, resultKey] = await Promise.all([
    chooseIdentitySeed(plan, { storeDirectory, newSeed: () => openIdentities().uuid('seed') }),
    computeResultKey({ plan, coreEnvironment }, ports),
  ]);
  const exitStatus = await enterSandbox(
    {
      message: {
        plan,
        coreEnvironment,
        version: options.version,
        pathDirectories: options.pathDirectories,
        storeDirectory,
        ...(identitySeed === undefined ? {} : { identitySeed }),
        ...(resultKey === undefined ? {} : { resultKey }),
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
  if (exitStatus === 0 && resultKey !== undefined) await keepResult(storeDirectory, request.imagePath, ports);
  return exitStatus;
}
