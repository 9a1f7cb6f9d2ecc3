import { hintNearName } from '../base/near-name.js';
import type { Phase } from '../model/phase.js';
import { engineVariableTable, operatingSystemInterface, shellVariables } from './engine-variable-table.js';
import type { Library } from './library.js';
import { factsOf, type LintFile } from './lint-file.js';
import type { Reporter } from './report.js';
import type { ScriptFacts } from './script-facts.js';

const engineVariables = new Map(engineVariableTable.map((variable) => [variable.name, variable]));

/** Variables: set by nothing, set by an element that is not a dependency, or leading to the host from inside the image. */
export function checkVariables(file: LintFile, library: Library, report: Reporter): void {
  const facts = factsOf(file);
  const { element, role } = file;
  if (element === undefined) return;
  const isRun = role.kind === 'hook' || role.kind === 'environment';
  const closure = library.closureOf(element);
  const reported = new Set<string>();
  for (const use of facts.variables) {
    const { name, offset } = use;
    if (reported.has(name) || facts.assignedNames.has(name)) continue;
    const engineVariable = engineVariables.get(name);
    if (
      role.kind === 'hook' &&
      role.place === 'chroot' &&
      engineVariable?.isHostPath === true &&
      !isGuarded(facts, use) &&
      !setsAnything(facts, library)
    ) {
      reported.add(name);
      report({
        check: 'host-path',
        file,
        offset,
        message: `${name} leads to a path of the host, which a hook of ${role.phase} does not see`,
        ...(name === 'TMP_MOUNT_PATH' || name === 'TARGET_ROOT' ? { hint: 'inside the image the tree is /' } : {}),
      });
      continue;
    }
    if (!isRun || isGuarded(facts, use) || shellVariables.has(name)) continue;
    if (engineVariable !== undefined && isSetIn(engineVariable.phases, role.kind === 'hook' ? role.phase : undefined))
      continue;
    if (operatingSystemInterface.variables.has(name)) continue;
    const exporters = library.exportersOf(name);
    if (exporters.some((exporter) => closure.has(exporter))) continue;
    // Operating systems are chosen with the build; what they set is theirs to promise.
    if (exporters.some((exporter) => library.elements.get(exporter)?.element.provides.includes('operating-system')))
      continue;
    if (exporters.length > 0 && engineVariable === undefined) {
      reported.add(name);
      report({
        check: 'missing-dependency',
        file,
        offset,
        message: `${name} is set by ${listNames(exporters)}, which is not among the dependencies of "${element}"`,
        hint: `add it to element-deps, or give a default: \${${name}:-}`,
      });
      continue;
    }
    const hasNounset = facts.hasNounset || role.kind === 'environment';
    if (!hasNounset || setsAnything(facts, library)) continue;
    reported.add(name);
    report({
      check: 'variable-unset',
      file,
      offset,
      message:
        engineVariable?.phases !== undefined
          ? `${name} is only set in ${engineVariable.phases.join(', ')}`
          : `nothing sets ${name}, so set -u ends the script here`,
      hint:
        hintNearName(
          name,
          [...facts.assignedNames, ...engineVariables.keys()].filter((other) => other.length > 3),
        ) ?? `give a default, \${${name}:-}, or say that it is needed, \${${name}:?}`,
    });
  }
}

/** Has a fallback itself, or the script asked before whether it is set. */
function isGuarded(facts: ScriptFacts, use: ScriptFacts['variables'][number]): boolean {
  if (use.hasFallback) return true;
  const guardedFrom = facts.guardedFrom.get(use.name);
  return guardedFrom !== undefined && guardedFrom < use.offset;
}

function isSetIn(phases: readonly Phase[] | undefined, phase: Phase | undefined): boolean {
  if (phases === undefined) return true;
  return phase !== undefined && phases.includes(phase);
}

/** Files of ours that it sources are known; other sourced files may set anything. */
function setsAnything(facts: ScriptFacts, library: Library): boolean {
  if (facts.setsUnknownNames) return true;
  return facts.sourcedLibraryFiles.some((name) => {
    const file = library.libraryFiles.find((candidate) => candidate.relativePath === name);
    return file === undefined || factsOf(file).assignedNames.size > 0;
  });
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `"${name}"`);
  return `${shown.join(' or ')}${names.length > 3 ? ' or others' : ''}`;
}
