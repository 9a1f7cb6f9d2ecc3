import { checkNames, checkTable } from './check-table.js';
import type { Finding } from './finding.js';
import type { LintResult } from './lint-elements.js';

/** One line a finding, as compilers print them, and a sum: `path:line:column: severity: message (check)`. */
export function renderText(result: LintResult): string {
  const lines = result.findings.flatMap((finding) => [
    `${finding.path}:${finding.line}:${finding.column}: ${finding.severity}: ${finding.message} (${finding.check})`,
    ...(finding.hint === undefined ? [] : [`  hint: ${finding.hint}`]),
  ]);
  return [...lines, `${summaryOf(result)}\n`].join('\n');
}

/** Everything as one JSON object. */
export function renderJson(result: LintResult): string {
  const { findings, elementCount, files } = result;
  return `${JSON.stringify({ elements: elementCount, files: files.length, findings }, undefined, 2)}\n`;
}

/** SARIF 2.1.0 (OASIS), for code review tools. */
export function renderSarif(result: LintResult, version: string): string {
  const rules = checkNames.map((name) => ({
    id: name,
    shortDescription: { text: checkTable[name].summary },
    defaultConfiguration: { level: checkTable[name].severity },
  }));
  const results = result.findings.map((finding) => ({
    ruleId: finding.check,
    ruleIndex: checkNames.indexOf(finding.check),
    level: finding.severity,
    message: { text: finding.hint === undefined ? finding.message : `${finding.message}. ${finding.hint}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(finding.path) },
          region: { startLine: finding.line, startColumn: finding.column },
        },
      },
    ],
  }));
  const driver = { name: 'dib lint', version, rules };
  return `${JSON.stringify({ version: '2.1.0', $schema: 'https://json.schemastore.org/sarif-2.1.0.json', runs: [{ tool: { driver }, columnKind: 'unicodeCodePoints', results }] }, undefined, 2)}\n`;
}

/** The table of checks, names aligned. */
export function renderChecks(): string {
  const width = Math.max(...checkNames.map((name) => name.length));
  return checkNames
    .map((name) => `${name.padEnd(width)}  ${checkTable[name].severity.padEnd(7)}  ${checkTable[name].summary}\n`)
    .join('');
}

/**
 * What `dib-lint` has always printed: each file, its faults, and the verdict.
 *
 * Findings of checks that it did not have are warnings and do not count: what passed goes on passing.
 */
export function renderClassic(result: LintResult): { readonly text: string; readonly hasFailed: boolean } {
  const byPath = new Map<string, Finding[]>();
  for (const finding of result.findings) byPath.set(finding.path, [...(byPath.get(finding.path) ?? []), finding]);
  const filePaths = result.files.map((file) => file.path);
  const paths = [...new Set([...filePaths, ...byPath.keys()])].sort();
  const known = new Set(filePaths);
  const lines = paths.flatMap((path) => [
    ...(known.has(path) ? [`Checking ${path}`] : []),
    ...(byPath.get(path) ?? []).map(
      (finding) =>
        `${isOriginal(finding) ? 'ERROR' : 'WARNING'}: ${finding.path}:${finding.line}:${finding.column}: ${finding.message} (${finding.check})`,
    ),
  ]);
  const hasFailed = result.findings.some(isOriginal);
  return { text: [...lines, hasFailed ? '*** FAIL: Some checks failed' : 'PASS', ''].join('\n'), hasFailed };
}

function isOriginal(finding: Finding): boolean {
  return 'isOriginal' in checkTable[finding.check];
}

function summaryOf(result: LintResult): string {
  const errorCount = result.findings.filter((finding) => finding.severity === 'error').length;
  const warningCount = result.findings.length - errorCount;
  const where = `${count(result.elementCount, 'element')}, ${count(result.files.length, 'file')}`;
  return `${where}: ${count(errorCount, 'error')}, ${count(warningCount, 'warning')}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
