import type { BuildError } from '../base/build-error.js';
import type { CheckName } from './check-table.js';
import type { LintElement } from './read-element.js';
import type { Reporter } from './report.js';

/** Hands faults of the element readers on as findings, at the line and column that they name. */
export function reportFaults(options: {
  readonly faults: readonly BuildError[];
  readonly element: LintElement;
  /** The file that is blamed when the fault names none. */
  readonly fileName: string;
  readonly checkOf: (fault: BuildError) => CheckName;
  readonly report: Reporter;
}): void {
  const { faults, element, fileName, checkOf, report } = options;
  for (const fault of faults) {
    const place = /^(.*?):(\d+)(?::(\d+))?$/.exec(fault.where ?? '');
    const path = place?.[1] ?? fault.where ?? '';
    const file =
      element.files.find((candidate) => candidate.absolutePath === path) ??
      element.files.find((candidate) => candidate.relativePath === fileName);
    if (file === undefined) continue;
    report({
      check: checkOf(fault),
      file,
      message: fault.message.replaceAll(`${element.directory}/`, ''),
      hint: fault.hint,
      ...(place === null ? {} : { line: Number(place[2]), column: Number(place[3] ?? 1) }),
    });
  }
}
