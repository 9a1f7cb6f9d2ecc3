/** One test in a report. */
export interface TestReport {
  readonly element: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped. */
  readonly because: string;
  readonly durationMs: number;
  /** What it said last, for failures. */
  readonly lastLines: readonly string[];
}

/** A report in the format that test servers read: JUnit's XML, one suite for each element. */
export function formatJunit(reports: readonly TestReport[]): string {
  const elements = [...new Set(reports.map(({ element }) => element))];
  const suites = elements.flatMap((element) => {
    const own = reports.filter((report) => report.element === element);
    return [
      `  <testsuite ${attributes({ name: element, ...countsOf(own) })}>`,
      ...own.flatMap(caseLines),
      '  </testsuite>',
    ];
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: 'dib test', ...countsOf(reports) })}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function caseLines(report: TestReport): readonly string[] {
  const start = `    <testcase ${attributes({ classname: report.element, name: report.name, time: seconds(report.durationMs) })}`;
  if (report.outcome === 'passed') return [`${start}/>`];
  if (report.outcome === 'skipped')
    return [`${start}>`, `      <skipped ${attributes({ message: report.because })}/>`, '    </testcase>'];
  return [
    `${start}>`,
    `      <failure ${attributes({ message: report.because })}>${escapeXml(report.lastLines.join('\n'))}</failure>`,
    '    </testcase>',
  ];
}

function countsOf(reports: readonly TestReport[]): Readonly<Record<string, string>> {
  const count = (outcome: TestReport['outcome']): string =>
    String(reports.filter((report) => report.outcome === outcome).length);
  const durationMs = reports.reduce((sum, report) => sum + report.durationMs, 0);
  return {
    tests: String(reports.length),
    failures: count('failed'),
    errors: '0',
    skipped: count('skipped'),
    time: seconds(durationMs),
  };
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escapeXml(value).replaceAll('\n', '&#10;')}"`)
    .join(' ');
}

/** XML 1.0 has no place for most control characters, not even escaped (§2.2): they go. */
function escapeXml(text: string): string {
  return [...text]
    .filter((character) => isXmlCharacter(character.codePointAt(0) ?? 0))
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff;
}
