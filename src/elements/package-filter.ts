import type { BuildError } from '../base/build-error.js';
import type { DeclaredRule } from './package-rules.js';
import { ruleFault } from './source-document.js';

/** Variables by name, as the build's environment files left them. */
export type Variables = Readonly<Record<string, string>>;

/**
 * Whether a rule applies to this build. Asked in this order: install type, architecture, Python version, conditions;
 * what comes after the first no is not asked.
 *
 * @param faults gets a `PACKAGE_RULE_INVALID` for each variable that a condition names and that is not set
 */
export function isRuleSelected(declared: DeclaredRule, environment: Variables, faults: BuildError[]): boolean {
  const { rule } = declared;
  if (rule.installtype && rule.installtype !== installTypeOf(declared.element, environment)) return false;
  const wanted = rule.arch ?? [];
  const unwanted = rule['not-arch'] ?? [];
  if (wanted.length > 0 || unwanted.length > 0) {
    const architecture = environment.ARCH;
    if (architecture === undefined) {
      faults.push(unsetFault(declared, 'ARCH', `package "${declared.packageName}" asks for an architecture`));
      return false;
    }
    if (wanted.length > 0 && !wanted.includes(architecture)) return false;
    if (unwanted.includes(architecture)) return false;
  }
  if (rule.dib_python_version && rule.dib_python_version !== (environment.DIB_PYTHON_VERSION ?? '')) return false;
  // All conditions are asked, so that an unset variable shows whatever the others say.
  return (rule.when ?? []).map((condition) => holds(condition, declared, environment, faults)).every(Boolean);
}

/** The install type of an element: its own variable, the default one, `source`. */
export function installTypeOf(element: string, environment: Variables): string {
  return (
    environment[`DIB_INSTALLTYPE_${element.replaceAll('-', '_')}`] || environment.DIB_DEFAULT_INSTALLTYPE || 'source'
  );
}

/** `==` is read as `=`: nobody means a value that begins with an equals sign. */
function holds(condition: string, declared: DeclaredRule, environment: Variables, faults: BuildError[]): boolean {
  const parts = /^(\w+)[ \t]*(!=|==?)[ \t]*(.*)/.exec(condition);
  if (parts === null) throw new Error(`Internal error: unchecked condition ${JSON.stringify(condition)}`);
  const [, name = '', operator = '', wanted = ''] = parts;
  const value = environment[name];
  if (value === undefined) {
    faults.push(unsetFault(declared, name, `package "${declared.packageName}" has the condition "${condition}"`));
    return false;
  }
  return operator === '!=' ? value !== wanted : value === wanted;
}

function unsetFault(declared: DeclaredRule, variable: string, reason: string): BuildError {
  return ruleFault({
    message: `${reason}, but ${variable} is not set`,
    hint: `give it a default in environment.d of element "${declared.element}"`,
    where: declared.where,
  });
}
