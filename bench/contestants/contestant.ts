import type { Archives } from '../archives.js';
import type { BenchCommand } from '../timed-run.js';

/** What one run of one contestant gets; the directory is new, empty and its own. */
export interface Assignment {
  readonly directory: string;
  readonly release: string;
  readonly elements: readonly string[];
  readonly archives: Archives;
  readonly proxyUrl: string;
  /** What ours installed in this case, without the architecture; for tools that want to be told. */
  readonly packageNames: readonly string[];
}

/** The tools that we are measured against, by their words for `--against`. */
export const opponents = ['original', 'floor', 'mkosi'] as const;

/** A tool that makes images. */
export interface Contestant {
  readonly name: string;
  /** Word for `--against`; ours have none, they always take part. */
  readonly word?: (typeof opponents)[number];
  /** Its version, or why it cannot take part on this machine. */
  find(): { readonly version: string } | { readonly reason: string };
  /** The command of one build. It may prepare files in the directory; that is not measured. */
  prepare(assignment: Assignment): BenchCommand;
  /** The image that the command made, below the directory. */
  readonly imageName: string;
}
