import { parseArgs } from 'node:util';
import { opponents } from './contestants/contestant.js';

/** What the caller of the benchmark asked. */
export interface BenchOptions {
  readonly rounds: number;
  readonly caseNames: readonly string[];
  readonly release: string;
  readonly against: readonly string[];
}

/** How the benchmark is called. */
export const usage = `Usage: node --import tsx bench/run.ts [--rounds N] [--cases a,b] [--release NAME] [--against a,b]

  --rounds N      measured rounds of each case; default 5
  --cases a,b     only these cases, in the given order; default all but six
  --release NAME  Debian release that is built; default bookworm
  --against a,b   only these tools beside ours, of ${opponents.join(', ')}; default all
`;

/**
 * Reads the command line.
 *
 * @throws Error that names what is wrong
 */
export function readOptions(words: readonly string[], knownCases: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      rounds: { type: 'string', default: '5' },
      cases: { type: 'string' },
      release: { type: 'string', default: 'bookworm' },
      against: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds wants a whole number above 0, not "${values.rounds}"`);
  const caseNames = values.cases?.split(',') ?? knownCases.filter((name) => name !== 'six');
  refuseUnknown('case', caseNames, knownCases);
  const against = values.against?.split(',') ?? opponents;
  refuseUnknown('tool', against, opponents);
  return { rounds, caseNames, release: values.release, against };
}

function refuseUnknown(what: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`unknown ${what} ${unknown.join(', ')}; there are ${known.join(', ')}`);
}
