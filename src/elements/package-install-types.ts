import type { BuildError } from '../base/build-error.js';
import type { ElementSet } from '../model/element.js';
import type { Variables } from './package-filter.js';
import type { DeclaredRule } from './package-rules.js';
import { ruleFault } from './source-document.js';

const variablePrefix = 'DIB_INSTALLTYPE_';

/** The parts of `<prefix>-<type>-install`, or undefined for another name. */
export function parseInstallTypeDirectory(
  directory: string,
): { readonly prefix: string; readonly type: string } | undefined {
  const parts = /^(.+)-([^-]+)-install$/.exec(directory);
  return parts === null ? undefined : { prefix: parts[1] ?? '', type: parts[2] ?? '' };
}

/** Whether the hooks of `install.d/<directory>/` take part in the build. */
export function isInstallTypeDirectoryEnabled(directory: string, environment: Variables): boolean {
  const parts = parseInstallTypeDirectory(directory);
  if (parts === undefined) return false;
  const chosen = environment[variablePrefix + parts.prefix.replaceAll('-', '_')];
  return parts.type === (chosen || environment.DIB_DEFAULT_INSTALLTYPE || 'source');
}

/**
 * Finds install types that were asked for by name and that nothing offers: neither a directory of hooks nor a package
 * rule. Such an element would silently not be installed at all.
 *
 * @param faults gets a `PACKAGE_RULE_INVALID` for each
 */
export function checkInstallTypes(options: {
  readonly elementSet: ElementSet;
  readonly rules: readonly DeclaredRule[];
  readonly environment: Variables;
  readonly faults: BuildError[];
}): void {
  const { elementSet, rules, environment, faults } = options;
  const directoryTypes = new Map<string, Set<string>>();
  for (const element of elementSet.elements) {
    for (const file of element.files) {
      const directory = /^install\.d\/([^/]+)\//.exec(file.path)?.[1];
      const parts = directory === undefined ? undefined : parseInstallTypeDirectory(directory);
      if (parts === undefined) continue;
      const key = parts.prefix.replaceAll('-', '_');
      directoryTypes.set(key, (directoryTypes.get(key) ?? new Set()).add(parts.type));
    }
  }
  for (const [key, types] of directoryTypes) {
    const chosen = environment[variablePrefix + key];
    const ruleTypes = rules
      .filter((declared) => declared.element.replaceAll('-', '_') === key)
      .flatMap((declared) => declared.rule.installtype ?? []);
    const offered = [...new Set([...types, ...ruleTypes])].sort();
    if (!chosen || offered.includes(chosen)) continue;
    faults.push(
      ruleFault({
        message: `${variablePrefix}${key} is "${chosen}", but only ${offered.join(', ')} can be installed`,
        where: `variable ${variablePrefix}${key}`,
      }),
    );
  }
}
