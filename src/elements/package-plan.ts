import { type BuildError, throwFaults } from '../base/build-error.js';
import type { ElementSet } from '../model/element.js';
import { isRuleSelected, type Variables } from './package-filter.js';
import { checkInstallTypes } from './package-install-types.js';
import type { PackagePhase } from './package-installs-schema.js';
import { packagePhases } from './package-installs-schema.js';
import { readPackageLists } from './package-lists.js';
import { type DeclaredRule, readPackageRules } from './package-rules.js';
import { type SquashedPackages, squashPackages } from './package-squash.js';
import { lookUpPackage, type PackageMap, type PackageMapTarget, readPackageMap } from './pkg-map.js';
import { ruleFault } from './source-document.js';

/** A package name that an element asks for, and what it stands for on this distribution. */
export interface PlannedPackage {
  readonly phase: PackagePhase;
  readonly operation: 'install' | 'uninstall';
  readonly element: string;
  /** As declared. */
  readonly packageName: string;
  /** What the package manager is asked for; empty: nothing. */
  readonly packages: readonly string[];
}

/** Everything that is known about packages before the build. */
export interface PackagePlan {
  readonly target: PackageMapTarget;
  readonly maps: ReadonlyMap<string, PackageMap>;
  /** The rules that apply, in element order. */
  readonly rules: readonly DeclaredRule[];
  readonly squashed: SquashedPackages;
  /** Of the rules, in order of phase and operation. */
  readonly planned: readonly PlannedPackage[];
}

/**
 * The packages that each phase will install and remove, mapped to the distribution's names: those of the
 * package-installs files and those of the elements' text lists. Packages of `-p` and of hooks are not known here.
 *
 * @throws BuildError or BuildErrors `YAML_INVALID`, `PACKAGE_RULE_INVALID`: everything that is wrong, together
 */
export function plannedPackages(options: {
  readonly elementSet: ElementSet;
  readonly environment: Variables;
}): readonly PlannedPackage[] {
  const { elementSet, environment } = options;
  const faults: BuildError[] = [];
  const plan = planPackages({ elementSet, environment, faults });
  throwFaults(faults);
  if (!hasElement(elementSet, 'package-installs')) return [];
  const listed = elementSet.elements.flatMap((element) =>
    readPackageLists(element, environment).flatMap((entry) => {
      const mapped = mapPackage(plan, entry.element, entry.packageName);
      const base = { phase: entry.phase, element: entry.element, packageName: entry.packageName, packages: mapped };
      const installed: PlannedPackage = { ...base, operation: 'install' };
      return entry.isRemoved ? [installed, { ...base, operation: 'uninstall' as const }] : [installed];
    }),
  );
  return inOrder([...listed, ...plan.planned]);
}

/**
 * Resolves the rules and maps of all elements.
 *
 * @param faults gets everything that is wrong; the result is then incomplete
 */
export function planPackages(options: {
  readonly elementSet: ElementSet;
  readonly environment: Variables;
  readonly faults: BuildError[];
}): PackagePlan {
  const { elementSet, environment, faults } = options;
  const target = { distribution: environment.DISTRO_NAME ?? '', release: environment.DIB_RELEASE ?? '' };
  const maps = new Map<string, PackageMap>();
  if (hasElement(elementSet, 'pkg-map')) {
    for (const element of elementSet.elements) {
      const map = readPackageMap(element, faults);
      if (map !== undefined) maps.set(element.name, map);
    }
  }
  const declared = hasElement(elementSet, 'package-installs')
    ? elementSet.elements.flatMap((element) => readPackageRules(element, faults))
    : [];
  if (hasElement(elementSet, 'install-types')) {
    checkInstallTypes({ elementSet, rules: declared, environment, faults });
  }
  const rules = declared.filter((rule) => isRuleSelected(rule, environment, faults));
  const needsMap = rules.find((rule) => maps.has(rule.element));
  if (target.distribution === '' && needsMap !== undefined) {
    faults.push(
      ruleFault({
        message: `package "${needsMap.packageName}" is mapped by distribution, but DISTRO_NAME is not set`,
        hint: 'the operating-system element exports it from environment.d',
        where: needsMap.where,
      }),
    );
  }
  const squashed = squashPackages(rules);
  const withoutPlan = { target, maps, rules, squashed };
  const planned = packagePhases.flatMap((phase) =>
    (['install', 'uninstall'] as const).flatMap((operation) =>
      (squashed[phase]?.[operation] ?? []).map(([packageName, element]) => ({
        phase,
        operation,
        element,
        packageName,
        packages: mapPackage(withoutPlan, element, packageName),
      })),
    ),
  );
  return { ...withoutPlan, planned: inOrder(planned) };
}

/** A name without an entry stands for itself, blanks separating packages as the target's program has it. */
function mapPackage(plan: Pick<PackagePlan, 'maps' | 'target'>, element: string, packageName: string) {
  const map = plan.maps.get(element);
  const mapped = map === undefined ? undefined : lookUpPackage(map, packageName, plan.target);
  return mapped ?? packageName.split(/\s+/).filter((word) => word !== '');
}

/** By phase, installs first; the same name of the same element once. */
function inOrder(planned: readonly PlannedPackage[]): readonly PlannedPackage[] {
  const seen = new Set<string>();
  return packagePhases.flatMap((phase) =>
    (['install', 'uninstall'] as const).flatMap((operation) =>
      planned.filter((entry) => {
        if (entry.phase !== phase || entry.operation !== operation) return false;
        const key = JSON.stringify([phase, operation, entry.element, entry.packageName]);
        if (seen.has(key)) return false;
        seen.add(key);
        return true;
      }),
    ),
  );
}

/** Whether an element is in the build. */
export function hasElement(elementSet: ElementSet, name: string): boolean {
  return elementSet.elements.some((element) => element.name === name);
}
