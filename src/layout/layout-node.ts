import type { Edge } from '../base/topological-sort.js';
import type { FaultList, Place } from './fault-list.js';
import type { PlacedWord } from './read-entry.js';

export type NodeKind =
  | 'local_loop'
  | 'partition'
  | 'lvm'
  | 'physical volume'
  | 'volume group'
  | 'logical volume'
  | 'mkfs'
  | 'mount'
  | 'fstab';

/** One thing to be made, with the names that it stands on. */
export interface LayoutNode {
  readonly kind: NodeKind;
  readonly name: string;
  readonly place: Place;
  /** Names that must exist and be of one of the kinds. */
  readonly references: readonly { readonly word: PlacedWord; readonly kinds: readonly NodeKind[] }[];
  readonly madeAfter: readonly string[];
  readonly madeBefore: readonly string[];
}

/** Reports names that are used twice, and removes the repeats. */
export function withoutDuplicates(nodes: readonly LayoutNode[], faults: FaultList): readonly LayoutNode[] {
  const firstOfName = new Map<string, LayoutNode>();
  for (const node of nodes) {
    const first = firstOfName.get(node.name);
    if (first === undefined) firstOfName.set(node.name, node);
    else
      faults.fault(
        node.place,
        `the name "${node.name}" of a ${node.kind} is already that of the ${first.kind} at line ${first.place.line}`,
        'all names of a layout share one space',
      );
  }
  return [...firstOfName.values()];
}

/** The edges that lead between known names, in the order in which nodes and their names were written. */
export function edgesOf(nodes: readonly LayoutNode[]): readonly Edge[] {
  const names = new Set(nodes.map(({ name }) => name));
  return nodes
    .flatMap(({ name, madeAfter, madeBefore }) => [
      ...madeAfter.map((before) => ({ before, after: name })),
      ...madeBefore.map((after) => ({ before: name, after })),
    ])
    .filter(({ before, after }) => names.has(before) && names.has(after));
}
