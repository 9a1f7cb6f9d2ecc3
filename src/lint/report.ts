import { type CheckName, checkTable, type Severity } from './check-table.js';
import type { Finding } from './finding.js';
import { allowedOnLine, type LintFile, logicalLinesOf } from './lint-file.js';

/** What a check hands in: a place by offset, or by line and column, or neither for the whole file. */
export interface Report {
  readonly check: CheckName;
  readonly file: LintFile;
  readonly message: string;
  readonly hint?: string | undefined;
  /** In UTF-16 units from the start of the file. */
  readonly offset?: number | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export type Reporter = (report: Report) => void;

/** How findings are weighed. */
export interface ReportOptions {
  readonly severities: ReadonlyMap<CheckName, Severity | 'off'>;
}

/** Opens a reporter that leaves out what the file, the line or the caller has switched off. */
export function openReporter(options: ReportOptions): {
  readonly report: Reporter;
  readonly findings: readonly Finding[];
} {
  const findings: Finding[] = [];
  const allowances = new WeakMap<LintFile, ReadonlyMap<number, readonly string[]>>();
  const allowedAt = (file: LintFile, line: number): readonly string[] => {
    const known = allowances.get(file) ?? allowancesOf(file.text ?? '');
    allowances.set(file, known);
    return known.get(line) ?? [];
  };
  const report: Reporter = (found) => {
    const { check, file } = found;
    const severity = options.severities.get(check) ?? checkTable[check].severity;
    if (severity === 'off' || file.disabledChecks.has(check)) return;
    const place = placeOf(found);
    if (allowedAt(file, place.line).includes(check)) return;
    findings.push({
      check,
      severity,
      path: file.path,
      ...place,
      message: found.message,
      ...(found.hint === undefined ? {} : { hint: found.hint }),
      ...(file.element === undefined ? {} : { element: file.element }),
    });
  };
  return { report, findings };
}

/** For each line the checks that its comment, or the one of its logical line, allows. */
function allowancesOf(text: string): ReadonlyMap<number, readonly string[]> {
  const allowances = new Map<number, readonly string[]>();
  if (!text.includes('dib-lint: ')) return allowances;
  for (const line of logicalLinesOf(text)) {
    const allowed = allowedOnLine(line.text);
    if (allowed.length === 0) continue;
    for (let at = line.firstLine; at <= line.lastLine; at++) allowances.set(at, allowed);
  }
  return allowances;
}

function placeOf(found: Report): { readonly line: number; readonly column: number } {
  if (found.offset === undefined) return { line: found.line ?? 1, column: found.column ?? 1 };
  const before = (found.file.text ?? '').slice(0, found.offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 };
}
