/**
 * The candidate that a mistyped name most likely meant, or undefined when none is near.
 *
 * Near: at most one edit for names up to four characters, two up to eight, else three; a swap of
 * neighbours counts as one edit. Failing that, the only candidate that begins with the name.
 */
export function nearName(name: string, candidates: Iterable<string>): string | undefined {
  const allowed = name.length <= 4 ? 1 : name.length <= 8 ? 2 : 3;
  let best: { readonly candidate: string; readonly edits: number } | undefined;
  const continued: string[] = [];
  for (const candidate of candidates) {
    if (candidate === name) continue;
    if (name.length >= 2 && candidate.startsWith(name)) continued.push(candidate);
    const edits = countEdits(name.toLowerCase(), candidate.toLowerCase());
    if (edits <= allowed && edits < candidate.length && (best === undefined || edits < best.edits))
      best = { candidate, edits };
  }
  return best?.candidate ?? (continued.length === 1 ? continued[0] : undefined);
}

/** `did you mean "x"?`, or undefined when nothing is near: the hint of an error about an unknown name. */
export function hintNearName(name: string, candidates: Iterable<string>): string | undefined {
  const near = nearName(name, candidates);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
function countEdits(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      let edits = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1])
        edits = Math.min(edits, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(edits);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}
