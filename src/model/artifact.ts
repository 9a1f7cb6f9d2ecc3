/** A finished file for the caller. Made only by `formats/`. */
export interface Artifact {
  readonly format: string;
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Lower-case hex digests that were computed while writing. */
  readonly digests: Readonly<Partial<Record<'md5' | 'sha256', string>>>;
}
