/** A directed edge: `before` comes first. */
export interface Edge {
  readonly before: string;
  readonly after: string;
}

/** A sorted order, or the names of one cycle in the order it is walked. */
export type SortResult =
  | { readonly kind: 'sorted'; readonly order: readonly string[] }
  | { readonly kind: 'cycle'; readonly cycle: readonly string[] };

/**
 * Sorts by generations: all nodes without an open predecessor, in the order given, then those that they free,
 * in edge order. Deterministic; equal to what the block-device language promises. Repeated edges count once.
 *
 * @param nodes every name once, in insertion order; edges name only these
 */
export function sortByGenerations(nodes: readonly string[], edges: readonly Edge[]): SortResult {
  const successors = new Map<string, string[]>(nodes.map((node) => [node, []]));
  const openPredecessors = new Map<string, number>(nodes.map((node) => [node, 0]));
  const seen = new Set<string>();
  for (const { before, after } of edges) {
    const key = JSON.stringify([before, after]);
    if (seen.has(key)) continue;
    seen.add(key);
    successors.get(before)?.push(after);
    openPredecessors.set(after, (openPredecessors.get(after) ?? 0) + 1);
  }
  const order: string[] = [];
  let generation = nodes.filter((node) => openPredecessors.get(node) === 0);
  while (generation.length > 0) {
    order.push(...generation);
    const next: string[] = [];
    for (const node of generation) {
      for (const successor of successors.get(node) ?? []) {
        const open = (openPredecessors.get(successor) ?? 0) - 1;
        openPredecessors.set(successor, open);
        if (open === 0) next.push(successor);
      }
    }
    generation = next;
  }
  if (order.length === nodes.length) return { kind: 'sorted', order };
  return { kind: 'cycle', cycle: findCycle(new Set(nodes.filter((node) => !order.includes(node))), successors) };
}

function findCycle(candidates: ReadonlySet<string>, successors: ReadonlyMap<string, readonly string[]>): string[] {
  const visited = new Set<string>();
  for (const start of candidates) {
    const path: string[] = [];
    const walk = (node: string): string[] | undefined => {
      const at = path.indexOf(node);
      if (at >= 0) return path.slice(at);
      if (visited.has(node)) return undefined;
      visited.add(node);
      path.push(node);
      for (const successor of successors.get(node) ?? []) {
        if (!candidates.has(successor)) continue;
        const found = walk(successor);
        if (found !== undefined) return found;
      }
      path.pop();
      return undefined;
    };
    const cycle = walk(start);
    if (cycle !== undefined) return cycle;
  }
  return [...candidates];
}
