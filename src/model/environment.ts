/** The values that `environment.d` gives, each with the file that set it. Made only by `process/source-environment.ts`. */
export interface ResolvedEnvironment {
  /** Everything exported after all files were sourced, the caller's variables included. */
  readonly values: Readonly<Record<string, string>>;
  /** For each variable that a file set or changed: `element/environment.d/name` of the last one that did. */
  readonly setBy: Readonly<Record<string, string>>;
}
