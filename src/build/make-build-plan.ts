import { assetsDirectory, packageDirectory } from '../base/assets.js';
import { type BuildError, faultsOf, throwFaults } from '../base/build-error.js';
import { describeFormat } from '../base/format-table.js';
import { elementVariables } from '../elements/element-info.js';
import { inspectHooks } from '../elements/list-hooks.js';
import { loadElementSet } from '../elements/load-element-set.js';
import { resolveTables } from '../elements/resolve-tables.js';
import { bootKindWarning } from '../layout/boot-kind-warning.js';
import type { ElementSet } from '../model/element.js';
import type { ResolvedEnvironment } from '../model/environment.js';
import type { DiskLayoutSpec } from '../model/layout.js';
import type { BuildPlan } from '../model/plan.js';
import type { Ports } from '../model/ports.js';
import type { BuildRequest } from '../model/request.js';
import { chooseDiskMode } from '../plan/choose-disk-mode.js';
import { coreEnvironment } from '../plan/core-environment.js';
import { listHostPrograms } from '../plan/list-host-programs.js';
import { listSteps } from '../plan/list-steps.js';
import { sourceEnvironment } from '../process/source-environment.js';
import { findSecrets, openRedaction } from '../report/redact-secrets.js';
import { findDiskFaults } from './find-disk-faults.js';
import { findMissingPrograms } from './find-missing-programs.js';
import { planLayout } from './plan-layout.js';

/** A plan, and the variables that its hooks start with. */
export interface PlannedBuild {
  readonly plan: BuildPlan;
  readonly coreEnvironment: Readonly<Record<string, string>>;
}

/**
 * Decides everything that can be decided before anything runs: the elements, their environment, the layout, the
 * package lists, the steps. The only program it starts is one bash that sources the environment files.
 *
 * @throws BuildError or BuildErrors with every fault that can be known together
 */
export async function makeBuildPlan(request: BuildRequest, ports: Ports): Promise<PlannedBuild> {
  const elementSet = await loadElementSet({
    requested: request.elements,
    elementDirectories: request.elementDirectories,
    hookNamePattern: request.hookNamePattern,
  });
  const faults: BuildError[] = [];
  const collect = async <Value>(work: () => Value | Promise<Value>, otherwise: Value): Promise<Value> => {
    try {
      return await work();
    } catch (error) {
      if (faultsOf(error).length === 0) throw error;
      faults.push(...faultsOf(error));
      return otherwise;
    }
  };
  const diskMode = chooseDiskMode({ request, elementSet });
  // Also without a disk: hooks see its labels and sizes, and archives hold the same fstab as the disk.
  const layout = await collect(() => planLayout({ request, elementSet }), undefined);
  if (layout !== undefined) faults.push(...findDiskFaults({ spec: layout.spec, request, diskMode }, ports));
  const core = coreEnvironment({
    request,
    elementSet,
    pythonPath: ports.programs.find('python3') ?? 'python3',
    elementVariables: { ...elementVariables(elementSet), 'BASH_FUNC_die%%': dieFunction },
    layoutVariables: layout?.variables ?? {},
    pathBefore: [`${assetsDirectory}/sandbox/bin`],
    pathAfter: [`${packageDirectory}/bin`],
    redact: openRedaction(findSecrets(request.callerEnvironment)),
  });
  const hostPrograms = listHostPrograms({
    request,
    elementNames: elementSet.elements.map((element) => element.name),
    diskMode,
    layoutSpec: layout?.spec,
    hasProgram: (program) => ports.programs.find(program) !== undefined,
  });
  // Without bash nothing more can be known; what else is missing is told with it.
  if (ports.programs.find('bash') === undefined)
    throwFaults([...withoutRepeats(faults), ...findMissingPrograms(hostPrograms, ports.programs)]);
  const noEnvironment: ResolvedEnvironment = { values: core, setBy: {} };
  const environment = await collect(
    () => sourceElementEnvironment({ elementSet, core: { ...core, TMPDIR: request.temporaryDirectory } }, ports),
    noEnvironment,
  );
  const resolvedTables = await collect(
    () =>
      resolveTables({
        elementSet,
        environment: { DIB_DEFAULT_INSTALLTYPE: request.installType, ...environment.values },
      }),
    { stagedFiles: {} },
  );
  const hooksOf = (phase: Parameters<typeof inspectHooks>[1]) => {
    const listing = inspectHooks(elementSet.elements, phase, request.hookNamePattern);
    faults.push(...listing.faults);
    return listing.hooks;
  };
  const steps = listSteps({ request, diskMode, hooksOf });
  throwFaults(withoutRepeats(faults));
  return {
    coreEnvironment: core,
    plan: {
      request,
      elementSet,
      environment,
      resolvedTables,
      diskMode,
      ...(layout === undefined ? {} : { layoutSpec: layout.spec }),
      steps,
      hostPrograms,
      warnings: [
        ...elementSet.warnings,
        ...(layout === undefined ? [] : layoutWarnings({ spec: layout.spec, environment, diskMode })),
      ],
    },
  };
}

/** What the layout itself says, and what speaks against the boot loader that the environment asks for. */
function layoutWarnings({
  spec,
  environment,
  diskMode,
}: Pick<BuildPlan, 'environment' | 'diskMode'> & { readonly spec: DiskLayoutSpec }): readonly string[] {
  const { values, setBy } = environment;
  const boot =
    diskMode.mode === 'none'
      ? undefined
      : bootKindWarning({ spec, blockDevice: values.DIB_BLOCK_DEVICE ?? '', setBy: setBy.DIB_BLOCK_DEVICE });
  return boot === undefined ? spec.warnings : [...spec.warnings, boot];
}

/** `die`, which host hooks find as an exported function; never a success, whatever the status before was. */
const dieFunction = '() {  local status=$?; echo "ERROR: $*" >&2; [ "$status" -ne 0 ] || status=1; exit "$status"\n}';

/** Whether any of the formats is made from a disk. */
export function needsDisk(formats: readonly string[]): boolean {
  return formats.some((format) => describeFormat(format).source === 'disk');
}

async function sourceElementEnvironment(
  sources: { readonly elementSet: ElementSet; readonly core: Readonly<Record<string, string>> },
  ports: Ports,
): Promise<ResolvedEnvironment> {
  const files = new Map<string, { readonly path: string; readonly label: string }>();
  for (const element of sources.elementSet.elements) {
    for (const file of element.files) {
      const name = /^environment\.d\/([0-9A-Za-z_.-]+)$/.exec(file.path)?.[1];
      if (name === undefined || name.startsWith('.')) continue;
      files.set(name, { path: `${element.directory}/${file.path}`, label: `${element.name}/${file.path}` });
    }
  }
  const ordered = [...files].sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  return sourceEnvironment({ files: ordered.map(([, file]) => file), environment: sources.core }, ports.programs);
}

function withoutRepeats(faults: readonly BuildError[]): readonly BuildError[] {
  return faults.filter((fault, index) => faults.findIndex((other) => other.message === fault.message) === index);
}
