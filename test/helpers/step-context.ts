import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventContent } from '../../src/model/event.js';
import type { BuildPlan } from '../../src/model/plan.js';
import type { BuildRequest } from '../../src/model/request.js';
import type { StepContext, Target } from '../../src/model/step-context.js';
import { workspaceBelow } from '../../src/model/workspace.js';
import { sourceEnvironment } from '../../src/process/source-environment.js';
import { openTestPorts } from './ports.js';

/** A step context on a temporary workspace, with real programs; "in the chroot" runs on the host, nothing is mounted. */
export interface TestStepContext {
  readonly context: StepContext;
  readonly events: EventContent[];
  /** What the steps asked of the target, in order. */
  readonly targetCalls: string[];
  readonly root: string;
}

/** Makes the context; the caller removes `root`. */
export function openTestStepContext(
  options: { readonly request?: Partial<BuildRequest>; readonly plan?: Partial<BuildPlan> } = {},
): TestStepContext {
  const root = mkdtempSync(join(tmpdir(), 'dib-step-'));
  const workspace = workspaceBelow(root);
  mkdirSync(workspace.treeDirectory, { recursive: true });
  mkdirSync(workspace.stagingDirectory, { recursive: true });
  const ports = openTestPorts();
  const targetCalls: string[] = [];
  const note = (name: string) => async (): Promise<void> => {
    targetCalls.push(name);
  };
  const target: Target = {
    treeDirectory: workspace.treeDirectory,
    chrootPrefix: ['env'],
    attachKernelFileSystems: note('attachKernelFileSystems'),
    attachStaging: note('attachStaging'),
    detachStaging: note('detachStaging'),
    unmountAll: note('unmountAll'),
    keepMounted: (mountPoints) => {
      targetCalls.push(`keepMounted ${mountPoints.join(' ')}`);
    },
    coverFile: async (path) => {
      targetCalls.push(`coverFile ${path}`);
      return true;
    },
    endLeftovers: async () => [],
  };
  const request = {
    breakPoints: { names: [], isOutsideTarget: false },
    hookNamePattern: '^[0-9A-Za-z_-]+$',
    workingDirectory: root,
    installType: 'source',
    packages: [],
    formats: [],
    ...options.request,
  } as unknown as BuildRequest;
  const plan = {
    request,
    elementSet: { elements: [], digest: '', warnings: [] },
    resolvedTables: { stagedFiles: {} },
    diskMode: { mode: 'none', because: 'test' },
    ...options.plan,
  } as unknown as BuildPlan;
  return {
    root,
    events: ports.events,
    targetCalls,
    context: {
      plan,
      elementSet: plan.elementSet,
      workspace,
      coreEnvironment: { PATH: process.env.PATH ?? '' },
      state: { hookVariables: new Map(), bootRecords: [], artifacts: [] },
      ports: {
        ...ports,
        target,
        sourceEnvironment: async (source) => (await sourceEnvironment(source, ports.programs)).values,
        measureTree: async () => ({ totalBytes: 0, byMountPoint: {}, reportLines: [] }),
        assembleDisk: async () => new Map(),
        openLoopDisk: async () => Promise.reject(new Error('no loop disk in this test')),
        adoptDevice: async () => Promise.reject(new Error('no device in this test')),
        writeArtifacts: async () => [],
        runInteractively: (command) => ports.programs.run({ ...command, isInteractive: false }),
      },
    },
  };
}
