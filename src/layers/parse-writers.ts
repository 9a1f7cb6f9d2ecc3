/** What `assets/sandbox/find-writers` found. */
export interface Writers {
  /** The path, symbolic links on the way followed. */
  readonly path: string;
  /** Layers that have something to say of it, top first; the index counts from the top. */
  readonly changes: readonly { readonly index: number; readonly action: 'wrote' | 'removed'; readonly kind?: string }[];
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}

/** Reads the lines of `assets/sandbox/find-writers`; other lines, such as those of a package program, count for nothing. */
export function parseWriters(text: string): Writers {
  const lines = text.split('\n');
  return {
    path: /^path (.*)$/.exec(lines[0] ?? '')?.[1] ?? '/',
    changes: lines.slice(1).flatMap((line) => {
      const match = /^(wrote|removed) (\d+)(?: (\S+))?$/.exec(line);
      if (match === null) return [];
      const [, action, index, kind] = match;
      return [
        {
          index: Number(index),
          action: action === 'wrote' ? ('wrote' as const) : ('removed' as const),
          ...(kind === undefined ? {} : { kind: kind.replaceAll('-', ' ') }),
        },
      ];
    }),
    packages: lines.slice(1).flatMap((line) => {
      const match = /^package (\S+) (\S+)$/.exec(line);
      return match === null ? [] : [{ name: match[1] ?? '', version: match[2] ?? '' }];
    }),
  };
}
