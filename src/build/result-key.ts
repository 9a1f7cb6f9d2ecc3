import { readdir, readFile, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { assetsDirectory, packageDirectory } from '../base/assets.js';
import { digestOfFields } from '../base/digest.js';
import { isVariableIgnored, isVariableOfBuildService } from '../layers/choose-variables.js';
import type { BuildPlan } from '../model/plan.js';
import type { Ports } from '../model/ports.js';
import type { BuildRequest } from '../model/request.js';

/** Parts of a request that choose how a result is reached or told, not which. */
const leftOut: ReadonlySet<keyof BuildRequest> = new Set([
  'callerEnvironment',
  'traceLevel',
  'logPath',
  'isQuiet',
  'hasTimestamps',
  'logFormat',
  'lockDirectory',
  'isTmpfsRefused',
  'minimumTmpfsGib',
  'isOffline',
  'overwritesOldImage',
  'cacheMode',
  'maximumJobs',
]);

/**
 * Digest over everything that is known before anything runs and may show in the result, or undefined where a finished
 * image is never given out again: with breaks, on a loop disk, for a container daemon, without any file.
 */
export async function computeResultKey(
  { plan, coreEnvironment }: { readonly plan: BuildPlan; readonly coreEnvironment: Readonly<Record<string, string>> },
  ports: Ports,
): Promise<string | undefined> {
  const { request, elementSet, diskMode } = plan;
  if (request.cacheMode === 'off' || request.formats.length === 0 || diskMode.mode === 'loop') return undefined;
  if (request.breakPoints.names.length > 0 || request.usageReport !== 'none') return undefined;
  if ((request.dockerTarget ?? '') !== '' || request.aciManifestPath !== undefined) return undefined;
  const asked = Object.entries(request).filter(([name]) => !leftOut.has(name as keyof BuildRequest));
  const variables = Object.entries({ ...coreEnvironment, ...plan.environment.values }).filter(
    ([name]) => !isVariableIgnored(name) && !isVariableOfBuildService(name),
  );
  return digestOfFields([
    JSON.stringify(asked.sort()),
    ...elementSet.elements.flatMap(({ name, directory, digest }) => [name, directory, digest]),
    JSON.stringify(variables.sort()),
    JSON.stringify([plan.layoutSpec, plan.steps, plan.resolvedTables]),
    release(),
    await readFile('/etc/resolv.conf', 'utf8').catch(() => ''),
    ...(await describePrograms(plan, ports)),
    ...(await describeFiles(`${packageDirectory}/dist`)),
    ...(await describeFiles(assetsDirectory, ['elements'])),
  ]);
}

/** Programs of the host that make disks and archives: another version may write other bytes. */
async function describePrograms(plan: BuildPlan, ports: Ports): Promise<readonly string[]> {
  return Promise.all(
    plan.hostPrograms.map(async ({ program }) => {
      const path = ports.programs.find(program);
      return path === undefined ? `${program} absent` : describeFile(path);
    }),
  );
}

/** This program itself, by names, sizes and times of its files. */
async function describeFiles(directory: string, without: readonly string[] = []): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const described = await Promise.all(
    entries
      .filter((entry) => !without.includes(entry.name))
      .map(async (entry) => {
        const path = `${directory}/${entry.name}`;
        return entry.isDirectory() ? describeFiles(path) : [await describeFile(path)];
      }),
  );
  return described.flat().sort();
}

async function describeFile(path: string): Promise<string> {
  const status = await stat(path).catch(() => undefined);
  return `${path} ${status?.size} ${status?.mtimeMs}`;
}
