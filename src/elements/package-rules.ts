import { join } from 'node:path';
import { isSeq } from 'yaml';
import type { BuildError } from '../base/build-error.js';
import type { Element } from '../model/element.js';
import { type PackageRule, packageRuleSchema } from './package-installs-schema.js';
import { checkNode, entriesOf, readYamlSource, ruleFault, type SourceDocument } from './source-document.js';

/** A rule of an element's package-installs file, before its conditions are asked. */
export interface DeclaredRule {
  readonly element: string;
  /** As written, before any mapping. */
  readonly packageName: string;
  readonly rule: PackageRule;
  /** `path:line:column`. */
  readonly where: string;
}

const fileNames = ['package-installs.json', 'package-installs.yaml'] as const;
const ruleKeys = Object.keys(packageRuleSchema.shape);

/**
 * Reads the package-installs files of one element: the JSON file first, then the YAML file, each in its own order.
 *
 * @param faults gets everything that is wrong with them
 */
export function readPackageRules(element: Element, faults: BuildError[]): readonly DeclaredRule[] {
  const rules: DeclaredRule[] = [];
  for (const fileName of fileNames) {
    if (!element.files.some((file) => file.path === fileName)) continue;
    const document = readYamlSource(join(element.directory, fileName), faults);
    if (document === undefined || isNothing(document, document.root)) continue;
    const entries = entriesOf(document, document.root);
    if (entries === undefined) {
      faults.push(
        ruleFault({
          message: `${document.path} is not a map of package names to rules`,
          hint: 'write "name:" for a package that is simply installed',
          where: document.whereOf(document.root),
        }),
      );
      continue;
    }
    for (const { key, keyNode, valueNode } of entries) {
      const where = document.whereOf(keyNode);
      if (!isPackageName(key)) {
        faults.push(ruleFault({ message: `${JSON.stringify(key)} is not a package name`, where }));
        continue;
      }
      for (const rule of rulesOf({ document, node: valueNode, packageName: key, faults })) {
        rules.push({ element: element.name, packageName: key, rule, where });
      }
    }
  }
  return rules;
}

function rulesOf(options: {
  readonly document: SourceDocument;
  readonly node: unknown;
  readonly packageName: string;
  readonly faults: BuildError[];
}): readonly PackageRule[] {
  const { document, node, packageName, faults } = options;
  const resolved = document.resolve(node);
  if (isNothing(document, resolved)) return [{}];
  if (isSeq(resolved)) {
    if (resolved.items.length === 0) return [{}];
    return resolved.items.flatMap((item) => oneRule({ document, node: item, packageName, faults }));
  }
  return oneRule({ document, node: resolved, packageName, faults });
}

function oneRule(options: {
  readonly document: SourceDocument;
  readonly node: unknown;
  readonly packageName: string;
  readonly faults: BuildError[];
}): readonly PackageRule[] {
  const { document, node, packageName, faults } = options;
  if (isNothing(document, node)) return [{}];
  const subject = `package "${packageName}"`;
  const before = faults.length;
  if (entriesOf(document, node) === undefined) {
    faults.push(
      ruleFault({
        message: `${subject}: ${JSON.stringify(document.valueOf(node))} is not a rule`,
        hint: `a rule is a map with any of ${ruleKeys.join(', ')}`,
        where: document.whereOf(node),
      }),
    );
    return [];
  }
  const rule = checkNode({ document, node, schema: packageRuleSchema, subject, knownKeys: ruleKeys, faults });
  if (rule === undefined || faults.length > before) return [];
  if ((rule.arch ?? []).length > 0 && (rule['not-arch'] ?? []).length > 0) {
    faults.push(
      ruleFault({
        message: `${subject}: arch and not-arch in one rule`,
        hint: 'keep one of them; architectures are separated by commas',
        where: document.whereOf(node),
      }),
    );
    return [];
  }
  return [rule];
}

/** Empty values, all of which mean a rule without conditions. */
function isNothing(document: SourceDocument, node: unknown): boolean {
  const value = document.valueOf(node);
  return value === null || value === undefined || value === '' || value === false || value === 0;
}

/** Names travel in tables of lines and tabs and on command lines. */
function isPackageName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  return name.trim() !== '' && !name.startsWith('-') && !/[\u0000-\u001f\u007f]/.test(name);
}
