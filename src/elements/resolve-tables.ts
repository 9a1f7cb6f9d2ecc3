import { type BuildError, throwFaults } from '../base/build-error.js';
import type { ElementSet } from '../model/element.js';
import type { ResolvedTables } from '../model/plan.js';
import type { Variables } from './package-filter.js';
import { hasElement, type PackagePlan, planPackages } from './package-plan.js';
import { kindOfRule, phaseOfRule } from './package-squash.js';
import { packageMapTable } from './pkg-map.js';
import { resolveSourceRepositories, sourceRecordTable } from './source-repositories.js';
import { mergeServiceMaps, serviceTable } from './svc-map.js';

/**
 * Resolves what the elements declare about packages and services into the plain tables that the helper programs
 * look up, so that the target needs neither Python nor YAML.
 *
 * In the staging directory, each group only when the element that uses it is in the build:
 * - `package-installs.d/package-installs.json`: the merged lists, as third parties know `/tmp/package-installs.json`;
 *   `<phase>.install` and `<phase>.uninstall`: lines of element, name, mapped packages; `target`: the distribution
 *   and release that they were mapped for; `rules`: the rules that apply, lines of element, phase, kind, name.
 * - `pkg-map.d/json/<element>`: the map as written; `pkg-map.d/table/<element>`: the same, flat.
 * - `svc-map.d/services`: `service: name` lines.
 * - `source-repositories.d/records`: what is fetched into the target, overrides applied.
 *
 * @param environment everything that `environment.d` left, with `ARCH` and `DIB_DEFAULT_INSTALLTYPE`
 * @throws BuildError or BuildErrors `YAML_INVALID`, `PACKAGE_RULE_INVALID`: everything that is wrong, together
 */
export function resolveTables(options: {
  readonly elementSet: ElementSet;
  readonly environment: Variables;
}): ResolvedTables {
  const { elementSet, environment } = options;
  const faults: BuildError[] = [];
  const stagedFiles: Record<string, string> = {};
  const plan = planPackages({ elementSet, environment, faults });
  if (hasElement(elementSet, 'package-installs')) Object.assign(stagedFiles, packageFiles(plan));
  for (const [element, map] of plan.maps) {
    stagedFiles[`pkg-map.d/json/${element}`] = map.text;
    stagedFiles[`pkg-map.d/table/${element}`] = packageMapTable(map);
  }
  if (hasElement(elementSet, 'svc-map')) {
    const services = mergeServiceMaps({
      elements: elementSet.elements,
      distribution: plan.target.distribution,
      faults,
    });
    stagedFiles['svc-map.d/services'] = serviceTable(services);
  }
  if (hasElement(elementSet, 'source-repositories')) {
    const records = resolveSourceRepositories({ elements: elementSet.elements, environment, faults });
    stagedFiles['source-repositories.d/records'] = sourceRecordTable(records);
  }
  throwFaults(faults);
  return Object.freeze({ stagedFiles: Object.freeze(stagedFiles) });
}

function packageFiles(plan: PackagePlan): Record<string, string> {
  const files: Record<string, string> = {
    'package-installs.d/package-installs.json': `${JSON.stringify(plan.squashed, null, 1)}\n`,
    'package-installs.d/target': `${plan.target.distribution}\n${plan.target.release}\n`,
    'package-installs.d/rules': plan.rules
      .map((rule) => `${[rule.element, phaseOfRule(rule), kindOfRule(rule), rule.packageName].join('\t')}\n`)
      .join(''),
  };
  for (const { phase, operation, element, packageName, packages } of plan.planned) {
    const path = `package-installs.d/${phase}.${operation}`;
    files[path] = `${files[path] ?? ''}${[element, packageName, packages.join(' ')].join('\t')}\n`;
  }
  return files;
}
