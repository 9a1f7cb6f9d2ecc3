import { hintNearName } from '../base/near-name.js';
import { commandLine, resolveElements } from '../elements/resolve-elements.js';
import type { Library } from './library.js';
import type { LintFile } from './lint-file.js';
import type { LintElement } from './read-element.js';
import type { Reporter } from './report.js';

/** element-deps and element-provides: names, order, circles, clashes. */
export function checkDeclarations(element: LintElement, library: Library, report: Reporter): void {
  const dependencies = element.files.find((file) => file.relativePath === 'element-deps');
  if (dependencies?.text !== undefined) {
    checkOrder(dependencies, report);
    checkNames(dependencies, library, report);
    checkCycle(element, dependencies, library, report);
    checkProviders(element, dependencies, library, report);
  }
  const provides = element.files.find((file) => file.relativePath === 'element-provides');
  if (provides !== undefined && element.element.provides.includes(element.name))
    report({
      check: 'provides',
      file: provides,
      message: `"${element.name}" provides its own name, so it would be left out of every build`,
      line: lineOf(provides, element.name),
    });
}

/** Lines that name something, as the old linter saw them: comments aside. */
function checkOrder(file: LintFile, report: Reporter): void {
  const names = (file.text ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const sorted = [...names].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  const wrong = names.findIndex((name, index) => name !== sorted[index]);
  if (wrong >= 0)
    report({
      check: 'deps-order',
      file,
      message: `not sorted: "${sorted[wrong]}" belongs where "${names[wrong]}" is`,
      line: lineOf(file, names[wrong] ?? ''),
    });
}

function checkNames(file: LintFile, library: Library, report: Reporter): void {
  const seen = new Set<string>();
  (file.text ?? '').split('\n').forEach((line, index) => {
    const name = line.trim();
    if (name === '') return;
    const at = { file, line: index + 1, column: line.length - line.trimStart().length + 1 };
    if (name === file.element || seen.has(name))
      report({
        ...at,
        check: 'deps-repeated',
        message: name === file.element ? `"${name}" depends on itself` : `"${name}" stands here twice`,
      });
    seen.add(name);
    if (library.elements.has(name) || library.providersOf.has(name) || name === 'operating-system') return;
    report({
      ...at,
      check: 'deps-unknown',
      message: `no element is called or provides "${name}"`,
      hint: name.startsWith('#')
        ? 'element-deps has no comments'
        : hintNearName(name, [...library.elements.keys(), ...library.providersOf.keys()]),
    });
  });
}

function checkCycle(element: LintElement, file: LintFile, library: Library, report: Reporter): void {
  const path: string[] = [];
  const finished = new Set<string>();
  const walk = (name: string): boolean => {
    if (name === element.name && path.length > 0) return true;
    if (finished.has(name)) return false;
    finished.add(name);
    path.push(name);
    for (const dependency of library.elements.get(name)?.element.dependencies ?? [])
      if (dependency !== name && walk(dependency)) return true;
    path.pop();
    return false;
  };
  if (walk(element.name))
    report({
      check: 'deps-cycle',
      file,
      message: `elements depend on each other in a circle: ${[...path, element.name].join(' → ')}`,
      line: lineOf(file, path[1] ?? ''),
    });
}

/** What resolving the element alone says about names that two elements provide. */
function checkProviders(element: LintElement, file: LintFile, library: Library, report: Reporter): void {
  for (const name of element.element.provides)
    if (element.element.dependencies.includes(name))
      report({
        check: 'provides',
        file,
        message: `"${element.name}" both provides and depends on "${name}"`,
        line: lineOf(file, name),
      });
  const { faults } = resolveElements({
    requested: [element.name],
    declarationOf: (name) => library.elements.get(name)?.element,
    knownNames: [],
    elementDirectories: [],
  });
  for (const fault of faults)
    if (fault.code === 'ELEMENT_DUPLICATE_PROVIDER')
      report({
        check: 'provides',
        file,
        message: fault.message.replace(`, asked for by "${commandLine}"`, ''),
        hint: fault.hint,
      });
}

function lineOf(file: LintFile, name: string): number {
  return (
    Math.max(
      0,
      (file.text ?? '').split('\n').findIndex((line) => line.trim() === name),
    ) + 1
  );
}
