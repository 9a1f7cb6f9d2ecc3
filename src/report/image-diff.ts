import { formatBytes } from '../base/units.js';

/** Files that differ for one reason. */
export interface DiffCause {
  /** Hooks with their elements. */
  readonly cause: string;
  readonly growthBytes: number;
  readonly changes: readonly {
    readonly path: string;
    readonly kind: 'added' | 'removed' | 'changed';
    readonly what: readonly string[];
    readonly growthBytes: number;
  }[];
}

/** Something with a name that came, went or became another. */
export interface NamedChange {
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

/** How two builds differ. */
export interface ImageDiff {
  readonly before: string;
  readonly after: string;
  readonly isSame: boolean;
  /** By digest; of manifests only. */
  readonly elements: readonly NamedChange[];
  readonly packages: readonly NamedChange[];
  /** Sizes of finished files; of manifests only. */
  readonly artifacts: readonly NamedChange[];
  readonly causes: readonly DiffCause[];
}

/** In words: packages, then files by what caused the difference. @param rowLimit files of each cause */
export function formatImageDiff(diff: ImageDiff, rowLimit: number): string {
  const lines = [`${diff.before} → ${diff.after}${diff.isSame ? ': no difference' : ''}`];
  for (const [title, changes] of [
    ['Elements', diff.elements],
    ['Packages', diff.packages],
    ['Artifacts', diff.artifacts],
  ] as const) {
    if (changes.length > 0) lines.push('', title, ...changes.map(formatNamed));
  }
  for (const { cause, growthBytes, changes } of diff.causes) {
    const count = changes.length === 1 ? '1 path' : `${changes.length} paths`;
    lines.push('', `${cause}: ${count}, ${formatGrowth(growthBytes)}`);
    for (const change of changes.slice(0, rowLimit)) {
      const sign = change.kind === 'added' ? '+' : change.kind === 'removed' ? '-' : '~';
      const details = [...change.what, ...(change.growthBytes === 0 ? [] : [formatGrowth(change.growthBytes)])];
      lines.push(`  ${sign} ${change.path}${details.length === 0 ? '' : `  (${details.join(', ')})`}`);
    }
    if (changes.length > rowLimit) lines.push(`    and ${changes.length - rowLimit} more`);
  }
  return `${lines.join('\n')}\n`;
}

function formatNamed({ name, before, after }: NamedChange): string {
  if (before === undefined) return `  + ${name} ${after ?? ''}`.trimEnd();
  if (after === undefined) return `  - ${name} ${before}`.trimEnd();
  return `  ~ ${name} ${before} → ${after}`;
}

function formatGrowth(bytes: number): string {
  return bytes < 0 ? `-${formatBytes(-bytes)}` : `+${formatBytes(bytes)}`;
}
