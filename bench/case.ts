import type { Archives } from './archives.js';
import type { CachingProxy } from './caching-proxy.js';
import type { CaseReport } from './report.js';

/** What every case gets. */
export interface BenchContext {
  readonly rounds: number;
  readonly release: string;
  /** Words of the tools that take part beside ours. */
  readonly against: readonly string[];
  /** Scratch directory of the whole benchmark; removed at its end. */
  readonly scratchDirectory: string;
  /** The archives and the proxy before them; only for cases that build distributions. */
  readonly openArchives: () => Promise<{ readonly archives: Archives; readonly proxy: CachingProxy }>;
  /** Says what is going on, on standard error. */
  readonly say: (text: string) => void;
  /** Reports of the cases that ran before, for ratios that need them. */
  readonly earlierReports: readonly CaseReport[];
}

/** One thing to measure. */
export interface BenchCase {
  readonly name: string;
  run(context: BenchContext): Promise<CaseReport>;
}
