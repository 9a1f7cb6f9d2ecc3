import type { Phase } from './phase.js';

/** One file of an element. */
export interface ElementFile {
  /** Relative to the element's directory, with `/`. */
  readonly path: string;
  readonly kind: 'file' | 'link';
  /** For links: the text of the link. */
  readonly linkTarget?: string;
  /** SHA-256 of the content, or of the link's text. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** Permission bits, for example 0o755; the run bit decides whether a hook runs. */
  readonly mode: number;
}

/** One directory of an element. */
export interface ElementDirectory {
  /** Relative to the element's directory, with `/`. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
}

/** One element of the build. */
export interface Element {
  readonly name: string;
  /** Absolute, symbolic links resolved. */
  readonly directory: string;
  readonly dependencies: readonly string[];
  readonly provides: readonly string[];
  /** Who asked for it: names of elements, or `command line`. */
  readonly requestedBy: readonly string[];
  /** All files below the directory except `tests` and `__pycache__`, sorted by path. */
  readonly files: readonly ElementFile[];
  /** All directories below it, with the same exceptions, sorted by path: empty ones and their modes count too. */
  readonly directories?: readonly ElementDirectory[];
  /** Over names, modes, links and contents of all files. */
  readonly digest: string;
}

/** The elements of a build: closed under dependencies, in one stable order. Made only by `elements/`. */
export interface ElementSet {
  /** Dependencies before dependants, otherwise in the order asked for. */
  readonly elements: readonly Element[];
  /** Over the elements' digests in order. */
  readonly digest: string;
  /** Things worth a warning: an overridden element, an ignored file in a hook directory. */
  readonly warnings: readonly string[];
}

/** A hook as the plan foresees it; phases list the staging directory again when they start. */
export interface PlannedHook {
  readonly phase: Phase;
  readonly name: string;
  readonly element: string;
  /** SHA-256 of the file. */
  readonly digest: string;
}
