/** Tests that only run when they are named, or with `all`; a pattern is over `element/test`. */
export interface SkipRow {
  readonly pattern: RegExp;
  readonly reason: string;
  /** What the kernel calls the processors on which the test runs all the same. */
  readonly unlessMachine?: string;
}

/** What a plain `dib test` leaves out; the first row that fits gives the reason. */
export const skipTable: readonly SkipRow[] = [
  { pattern: /^(opensuse|opensuse-minimal|gentoo)\//, reason: 'its archives change too often' },
  { pattern: /^debian(-minimal)?\/(stable|testing)(-build-succeeds|-vm)$/, reason: 'the release changes its meaning' },
  { pattern: /^(debian|fedora|centos)\/build-succeeds$/, reason: 'the release changes its meaning' },
  { pattern: /^centos\/10-stream-build-succeeds$/, reason: 'it needs a processor of the level x86-64-v3' },
  { pattern: /^ubuntu(-minimal)?\/(trusty|xenial|bionic)-/, reason: 'the release is no longer supported' },
  { pattern: /-arm64-/, reason: 'it runs programs of another architecture', unlessMachine: 'aarch64' },
];

/** Why a test is left out when nobody names it, or undefined. */
export function findSkipReason(id: string, machine: string): string | undefined {
  return skipTable.find((row) => row.pattern.test(id) && row.unlessMachine !== machine)?.reason;
}
