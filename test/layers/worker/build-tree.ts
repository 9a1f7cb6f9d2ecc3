import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { makeBuildPlan } from '../../../src/build/make-build-plan.js';
import { openPorts } from '../../../src/build/open-ports.js';
import { openTreeLayers } from '../../../src/build/open-tree-layers.js';
import { runBuild } from '../../../src/build/run-build.js';
import type { Decision } from '../../../src/layers/layer-record.js';
import type { EventContent } from '../../../src/model/event.js';
import type { StepPorts, Target } from '../../../src/model/step-context.js';
import { workspace } from '../../../src/model/workspace.js';
import { sourceEnvironment } from '../../../src/process/source-environment.js';
import { parseBuildRequest } from '../../../src/request/parse-build-request.js';
import { openTarget } from '../../../src/sandbox/open-target.js';

/** What came of a build without artifacts. */
export interface BuiltTree {
  /** Of the tree: everything but times. */
  readonly digest: string;
  /** Entries, for the message of a failure: path, kind, mode, owner, size, link text. */
  readonly listing: readonly string[];
  readonly decisions: readonly Decision[];
  readonly events: readonly EventContent[];
  readonly error?: string;
}

const pathDirectories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Builds a tree in the namespace that this process is in, from an empty workspace. */
export async function buildTree(options: {
  readonly elementsDirectory: string;
  readonly elements: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly cacheMode: string;
  readonly cacheDirectory: string;
  readonly imageName: string;
}): Promise<BuiltTree> {
  emptyWorkspace();
  const parsed = parseBuildRequest({
    programName: 'disk-image-create',
    arguments: [
      '-n',
      '--no-tmpfs',
      `--cache=${options.cacheMode}`,
      '-t',
      'tar',
      '-o',
      options.imageName,
      ...options.elements,
    ],
    environment: {
      PATH: pathDirectories.join(':'),
      HOME: '/root',
      ELEMENTS_PATH: options.elementsDirectory,
      DIB_IMAGE_CACHE: options.cacheDirectory,
      DIB_CACHE_MODE: options.cacheMode,
      ...options.variables,
    },
    workingDirectory: '/tmp',
    hostArchitecture: 'amd64',
    homeDirectory: '/root',
    builtinElementsDirectory: '/nonexistent',
  });
  if (parsed.kind !== 'build') throw new Error('not a build');
  const events: EventContent[] = [];
  const ports = openPorts({
    pathDirectories,
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    identitySeed: 'test',
  });
  const { plan: whole, coreEnvironment } = await makeBuildPlan(
    { ...parsed.request, elementDirectories: [options.elementsDirectory] },
    ports,
  );
  const plan = { ...whole, steps: whole.steps.filter((step) => step.kind !== 'write-artifacts') };
  const message = {
    plan,
    coreEnvironment,
    version: 'test',
    pathDirectories,
    secrets: [],
    terminal: { isTerminal: false, hasColour: false },
    cpuCount: 1,
  };
  let target: Target | undefined;
  const opened = await openTreeLayers(message, ports, () => target);
  if (opened === undefined && options.cacheMode !== 'off') throw new Error('no layers here');
  target = await openTarget(workspace, ports, { isStagingWatched: opened !== undefined });
  const refuse = async (): Promise<never> => {
    throw new Error('not in this test');
  };
  const stepPorts: StepPorts = {
    ...ports,
    target,
    ...(opened === undefined ? {} : { layers: opened.layers }),
    sourceEnvironment: async (source) => (await sourceEnvironment(source, ports.programs)).values,
    measureTree: async () => ({
      totalBytes: 0,
      byMountPoint: { '/': { contentBytes: 0, inodeCount: 0 } },
      reportLines: [],
    }),
    assembleDisk: refuse,
    openLoopDisk: refuse,
    adoptDevice: refuse,
    writeArtifacts: async () => [],
    runInteractively: refuse,
  };
  let error: string | undefined;
  try {
    await runBuild(plan, coreEnvironment, stepPorts);
  } catch (thrown) {
    error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  }
  const { digest, listing } = describeTree();
  await opened?.close(error === undefined ? 'done' : 'failed');
  return {
    digest,
    listing,
    decisions: opened?.layers.decisions() ?? [],
    events,
    ...(error === undefined ? {} : { error }),
  };
}

function describeTree(): { readonly digest: string; readonly listing: readonly string[] } {
  const script = new URL('../../../assets/sandbox/digest-layer', import.meta.url).pathname;
  const { stdout } = spawnSync('bash', [script, workspace.treeDirectory], { encoding: 'latin1' });
  const fields = stdout.slice(stdout.indexOf('\n') + 1).split('\0');
  const listing: string[] = [];
  for (let at = 0; at + 3 < fields.length; at += 4) {
    const words = (fields[at + 1] ?? '').split(' ');
    const isFile = words[0] === 'f';
    const content =
      isFile && Number(words[4]) < 2000 ? readFileSync(`${workspace.treeDirectory}/${fields[at]}`, 'utf8') : '';
    listing.push(
      `${fields[at]} ${words.slice(0, 4).join(' ')} ${isFile ? `${words[4]} links ${words[6]}` : ''} ${fields[at + 3]} ${JSON.stringify(content)}`,
    );
  }
  return { digest: stdout.slice(0, 64), listing: listing.sort() };
}

/** Unmounts and removes everything below the workspace. */
export function emptyWorkspace(): void {
  const mountPoints = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(`${workspace.root}/`))
    .reverse();
  if (mountPoints.length > 0) spawnSync('umount', ['-l', ...mountPoints]);
  mkdirSync(workspace.root, { recursive: true });
  for (const name of readdirSync(workspace.root)) rmSync(`${workspace.root}/${name}`, { recursive: true, force: true });
}
