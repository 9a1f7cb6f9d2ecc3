import type { BuildError } from '../base/build-error.js';
import { hintNearName, nearName } from '../base/near-name.js';
import { type DeclaredRule, readPackageRules } from '../elements/package-rules.js';
import { familyOfDistribution } from '../elements/pkg-family-table.js';
import { type PackageMap, readPackageMap } from '../elements/pkg-map.js';
import { resolveSourceRepositories } from '../elements/source-repositories.js';
import { mergeServiceMaps } from '../elements/svc-map.js';
import { reportFaults } from './fault-report.js';
import { findJsonFault } from './json-fault.js';
import type { Library } from './library.js';
import type { LintElement } from './read-element.js';
import type { Reporter } from './report.js';

/** Lists and maps of packages, services and sources: schema, gaps, and whether anything reads them. */
export function checkPackages(element: LintElement, library: Library, report: Reporter): void {
  checkHelpers(element, library, report);
  const ruleFaults: BuildError[] = [];
  const rules = readPackageRules(element.element, ruleFaults);
  reportFaults({
    faults: ruleFaults,
    element,
    fileName: 'package-installs.yaml',
    checkOf: (fault) => (fault.code === 'YAML_INVALID' ? 'yaml' : 'package-installs'),
    report,
  });
  checkListNames(element, report);
  const mapFile = element.files.find((file) => file.relativePath === 'pkg-map');
  const jsonFault = mapFile?.text === undefined ? undefined : findJsonFault(mapFile.text);
  if (mapFile !== undefined && jsonFault !== undefined)
    report({
      check: 'pkg-map-json',
      file: mapFile,
      offset: jsonFault.offset,
      message: `not valid JSON: ${jsonFault.reason}`,
    });
  const mapFaults: BuildError[] = [];
  const map = readPackageMap(element.element, mapFaults);
  reportFaults({
    faults: mapFaults.filter((fault) => fault.code !== 'YAML_INVALID'),
    element,
    fileName: 'pkg-map',
    checkOf: () => 'pkg-map',
    report,
  });
  if (map !== undefined) checkMap({ element, map, rules, report });
  checkServices(element, library, report);
  checkSources(element, library, report);
}

/** What an element ships, and the element that does something with it. */
const readers: readonly { readonly what: RegExp; readonly helper: string }[] = [
  { what: /^package-installs\.(yaml|json)$/, helper: 'package-installs' },
  { what: /^(pre-install|install|post-install)\.d\/package-installs-/, helper: 'package-installs' },
  { what: /^pkg-map$/, helper: 'pkg-map' },
  { what: /^svc-map$/, helper: 'svc-map' },
  { what: /^source-repository-/, helper: 'source-repositories' },
  { what: /^static\//, helper: 'install-static' },
  { what: /^bin\//, helper: 'install-bin' },
  { what: /^init-scripts\//, helper: 'dib-init-system' },
  { what: /^install\.d\/[^/]+-[^-/]+-install\//, helper: 'install-types' },
];

function checkHelpers(element: LintElement, library: Library, report: Reporter): void {
  const closure = library.closureOf(element.name);
  for (const { what, helper } of readers) {
    const file = element.files.find((candidate) => what.test(candidate.relativePath));
    if (file === undefined || closure.has(helper) || !library.elements.has(helper)) continue;
    // Hooks on the host call programs in the staging directory.
    if (
      helper === 'install-bin' &&
      element.files.some(({ text }) => /(HOOKS_PATH|in_target\.d)\}?"?\/bin/.test(text ?? ''))
    )
      continue;
    // base brings it into every build that is not made with -n.
    if (library.closureOf('base').has(helper) && library.elements.has('base')) continue;
    // Such elements are only ever put beneath others.
    if (element.element.provides.includes('operating-system')) continue;
    report({
      check: 'helper-missing',
      file,
      message: `nothing reads it: "${helper}" is not among the dependencies`,
      hint: `add ${helper} to element-deps`,
    });
  }
}

function checkListNames(element: LintElement, report: Reporter): void {
  for (const file of element.files) {
    const name = /\.d\/(?:[^/]+\/)?package-installs-([^/]+)$/.exec(file.relativePath)?.[1];
    if (name !== undefined && name !== element.name)
      report({
        check: 'package-list',
        file,
        message: `the list is mapped with the pkg-map of "${name}", not of "${element.name}"`,
        hint: `rename it to package-installs-${element.name}`,
      });
  }
}

function checkMap(options: {
  readonly element: LintElement;
  readonly map: PackageMap;
  readonly rules: readonly DeclaredRule[];
  readonly report: Reporter;
}): void {
  const { element, map, rules, report } = options;
  const installed = rules.map((rule) => rule.packageName);
  const file = element.files.find((candidate) => candidate.relativePath === 'pkg-map');
  if (file === undefined) return;
  const families = new Set(Object.values(familyOfDistribution));
  const distributions = Object.keys(familyOfDistribution);
  const placeOf = (word: string) => ({ offset: Math.max(0, (file.text ?? '').indexOf(JSON.stringify(word))) });
  const scopes = new Map(map.entries.map((entry) => [entry.scope.slice(0, 2).join(' '), entry.scope]));
  for (const [section = '', name = ''] of scopes.values()) {
    const known = section === 'family' ? [...families] : section === 'default' ? [name] : distributions;
    if (!known.includes(name))
      report({
        check: 'pkg-map-family',
        file,
        ...placeOf(name),
        message: `no ${section === 'family' ? 'family' : 'distribution'} is called "${name}"`,
        hint: hintNearName(name, known) ?? `known: ${known.join(', ')}`,
      });
  }
  const familyOf = (scope: readonly string[]): string | undefined =>
    scope[0] === 'family' ? scope[1] : familyOfDistribution[scope[1] ?? ''];
  const supported = new Set(map.entries.flatMap((entry) => familyOf(entry.scope) ?? []));
  for (const name of new Set(map.entries.map((entry) => entry.name))) {
    const entries = map.entries.filter((entry) => entry.name === name);
    const meant = isMentioned(element, name) ? undefined : nearName(name, installed);
    if (meant !== undefined && !map.entries.some((entry) => entry.name === meant))
      report({
        check: 'pkg-map-name',
        file,
        ...placeOf(name),
        message: `"${name}" is mapped, but the element installs "${meant}", which is not`,
        hint: `did you mean "${meant}"?`,
      });
    if (entries.some((entry) => entry.scope[0] === 'default')) continue;
    const mapped = new Set(entries.flatMap((entry) => familyOf(entry.scope) ?? []));
    const gaps = [...supported].filter((family) => !mapped.has(family) && isGap({ family, name, mapped })).sort();
    if (gaps.length > 0 && isInstalledEverywhere(rules, name))
      report({
        check: 'pkg-map-gap',
        file,
        ...placeOf(name),
        message: `"${name}" is mapped for ${[...mapped].sort().join(', ')}, but not for ${gaps.join(', ')}`,
        hint: 'add it there, or to default',
      });
  }
}

/**
 * Whether leaving a family out can hardly be meant: an unmapped name is installed as it is, so what is missing in one
 * family only, or is a good name there, says nothing.
 */
function isGap(options: {
  readonly family: string;
  readonly name: string;
  readonly mapped: ReadonlySet<string>;
}): boolean {
  const { family, name, mapped } = options;
  // Debian Policy 5.6.7: lower-case letters, digits, plus, minus and full stops.
  if (!/^[a-z0-9][a-z0-9+.-]+$/.test(name)) return family === 'debian' || name.includes('_');
  return family !== 'debian' && mapped.size >= 2;
}

/** Whether the package rules install the name without a condition on the distribution. */
function isInstalledEverywhere(rules: readonly DeclaredRule[], name: string): boolean {
  const own = rules.filter((rule) => rule.packageName === name);
  return own.some((rule) => (rule.rule.when ?? []).every((condition) => !condition.startsWith('DISTRO_NAME')));
}

function isMentioned(element: LintElement, name: string): boolean {
  return element.files.some((file) => file.relativePath !== 'pkg-map' && file.text?.includes(name) === true);
}

function checkServices(element: LintElement, library: Library, report: Reporter): void {
  if (!element.files.some((file) => file.relativePath === 'svc-map')) return;
  const others = [...library.closureOf(element.name)].filter((name) => name !== element.name);
  const elements = [...others, element.name].flatMap((name) => library.elements.get(name)?.element ?? []);
  const faults: BuildError[] = [];
  mergeServiceMaps({ elements, distribution: 'debian', faults });
  reportFaults({
    faults: faults.filter((fault) => fault.where?.startsWith(`${element.directory}/`) === true),
    element,
    fileName: 'svc-map',
    checkOf: () => 'svc-map',
    report,
  });
}

function checkSources(element: LintElement, library: Library, report: Reporter): void {
  const files = element.files.filter((file) => /^source-repository-[^/]*[^/~]$/.test(file.relativePath));
  for (const file of files) {
    const faults: BuildError[] = [];
    resolveSourceRepositories({
      elements: [element.element],
      environment: valuesFor(element, library, file.text),
      faults,
    });
    reportFaults({ faults, element, fileName: file.relativePath, checkOf: () => 'source-repository', report });
    return;
  }
}

/** A value for each variable that something may set; the others are reported as not set. */
function valuesFor(element: LintElement, library: Library, text = ''): Readonly<Record<string, string>> {
  const exported = [...library.closureOf(element.name)].flatMap((name) => [...library.exportsOf(name)]);
  const readme = element.files.find((file) => /^README\.(md|rst)$/.test(file.relativePath))?.text ?? '';
  // What the README tells the user to set has no default on purpose.
  const asked = readme.match(/\b[A-Z][A-Za-z0-9_]*\b/g) ?? [];
  const known = ['ARCH', 'DISTRO_NAME', 'DIB_RELEASE', ...exported, ...asked];
  const mentioned = new Set([...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map((match) => match[1] ?? ''));
  return Object.fromEntries(known.filter((name) => mentioned.has(name)).map((name) => [name, 'value']));
}
