import { type PackagePhase, packagePhases } from './package-installs-schema.js';
import type { DeclaredRule } from './package-rules.js';

/** A package and the element that asked for it. */
export type PackagePair = readonly [packageName: string, element: string];

/** What a phase installs at its start and removes at its end. */
export interface PhasePackages {
  readonly install: readonly PackagePair[];
  readonly uninstall: readonly PackagePair[];
}

/** Phases without rules are absent. */
export type SquashedPackages = Readonly<Partial<Record<PackagePhase, PhasePackages>>>;

/** What a rule asks for. */
export type RuleKind = 'install' | 'uninstall' | 'build-only';

/** The kind of a rule; `build-only` wins over `uninstall`. */
export function kindOfRule(declared: DeclaredRule): RuleKind {
  if (declared.rule['build-only'] === true) return 'build-only';
  return declared.rule.uninstall === true ? 'uninstall' : 'install';
}

/** The phase of a rule. */
export function phaseOfRule(declared: DeclaredRule): PackagePhase {
  return declared.rule.phase ?? 'install.d';
}

/**
 * Merges the rules that apply into one list for each phase and operation.
 *
 * A plain install wins over an uninstall or build-only of the same name in the same phase, whichever comes first.
 *
 * @param rules only those that apply, in element order
 */
export function squashPackages(rules: readonly DeclaredRule[]): SquashedPackages {
  const phases = new Map<PackagePhase, { install: PackagePair[]; uninstall: PackagePair[] }>();
  for (const declared of rules) {
    const name = declared.packageName;
    const pair: PackagePair = [name, declared.element];
    const phase = phaseOfRule(declared);
    const lists = phases.get(phase) ?? { install: [], uninstall: [] };
    phases.set(phase, lists);
    const kind = kindOfRule(declared);
    if (kind === 'install') {
      lists.uninstall = lists.uninstall.filter(([other]) => other !== name);
      lists.install.push(pair);
      continue;
    }
    const isKept =
      lists.install.some(([other]) => other === name) && !lists.uninstall.some(([other]) => other === name);
    if (kind === 'build-only') lists.install.push(pair);
    if (!isKept) lists.uninstall.push(pair);
  }
  const squashed: Partial<Record<PackagePhase, PhasePackages>> = {};
  for (const phase of packagePhases) {
    const lists = phases.get(phase);
    if (lists !== undefined) squashed[phase] = lists;
  }
  return squashed;
}
