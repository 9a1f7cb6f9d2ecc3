import { compareSeries, type Spread, summarise } from './statistics.js';

/** The unit of a measurement. */
export type Unit = 's' | 'ms' | 'MB';

/** One quantity of one tool, a value for each round. */
export interface Measurement {
  readonly name: string;
  readonly unit: Unit;
  readonly values: readonly number[];
  /** Load average of the last minute before each run; empty where the value is no run of its own. */
  readonly loads: readonly number[];
}

/** A ratio of two measurements of one report, told by their names. */
export interface Comparison {
  readonly ours: string;
  readonly theirs: string;
  /** The largest ratio that is aimed at. */
  readonly goal?: number;
}

/** A value that one measurement is to stay at or below, in its unit. */
export interface Limit {
  readonly name: string;
  readonly atMost: number;
}

/** What a case found. */
export interface CaseReport {
  readonly name: string;
  readonly title: string;
  readonly measurements: readonly Measurement[];
  readonly comparisons: readonly Comparison[];
  readonly limits: readonly Limit[];
  /** Lines said after the table: versions, packages, who could not take part and why. */
  readonly notes: readonly string[];
}

/** A comparison with its ratio, as it is printed and written to the JSON file. */
export interface Ratio extends Comparison {
  readonly ratio: Spread;
}

/** The ratios of a report whose both sides were measured. */
export function computeRatios({ measurements, comparisons }: CaseReport): readonly Ratio[] {
  return comparisons.flatMap((comparison) => {
    const ours = measurements.find(({ name }) => name === comparison.ours);
    const theirs = measurements.find(({ name }) => name === comparison.theirs);
    return ours === undefined || theirs === undefined
      ? []
      : [{ ...comparison, ratio: compareSeries(ours.values, theirs.values) }];
  });
}

/** A report as text: medians with their spread, then ratios, then notes. */
export function formatReport(report: CaseReport): string {
  const rows = [
    ['', 'median', 'min..max', 'rounds', 'load before'],
    ...report.measurements.map(({ name, unit, values, loads }) => {
      const { median, min, max, count } = summarise(values);
      const limit = report.limits.find((candidate) => candidate.name === name);
      return [
        limit === undefined ? name : `${name} (goal: at most ${limit.atMost} ${unit})`,
        `${formatNumber(median)} ${unit}`,
        `${formatNumber(min)}..${formatNumber(max)}`,
        String(count),
        loads.length === 0 ? '' : `${Math.min(...loads).toFixed(1)}..${Math.max(...loads).toFixed(1)}`,
      ];
    }),
  ];
  const ratios = computeRatios(report).map(({ ours, theirs, goal, ratio }) => [
    `${ours} / ${theirs}`,
    formatRatio(ratio.median),
    `${formatRatio(ratio.min)}..${formatRatio(ratio.max)}`,
    String(ratio.count),
    goal === undefined ? '' : `goal: at most ${goal}`,
  ]);
  return [
    `${report.name}: ${report.title}`,
    ...alignColumns(rows.length === 1 ? [] : [...rows, ...ratios]).map((line) => `  ${line}`),
    ...report.notes.map((note) => `  ${note}`),
    '',
  ].join('\n');
}

function formatNumber(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function formatRatio(value: number): string {
  return value < 0.1 ? value.toFixed(3) : value.toFixed(2);
}

/** The first column to the left, the others to the right. */
function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
