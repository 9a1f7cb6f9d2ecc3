import { sortByGenerations } from '../base/topological-sort.js';
import type { FaultList } from './fault-list.js';
import { edgesOf, type LayoutNode } from './layout-node.js';
import { nearestWord } from './nearest-word.js';

/**
 * The order in which nodes are made, by generations. Reports names that nothing has, names of the wrong kind,
 * and the first cycle with its names.
 *
 * @param nodes in the order of the flat list, no name twice
 */
export function orderNodes(nodes: readonly LayoutNode[], faults: FaultList): readonly string[] {
  const nodeOfName = new Map(nodes.map((node) => [node.name, node]));
  const sorted = sortByGenerations(
    nodes.map(({ name }) => name),
    edgesOf(nodes),
  );
  const cycle = sorted.kind === 'cycle' ? sorted.cycle : [];
  const [first] = cycle;
  const start = first === undefined ? undefined : nodeOfName.get(first);
  if (first !== undefined && start !== undefined)
    faults.fault(start.place, `these stand on each other: ${[...cycle, first].join(' → ')}`);
  for (const node of nodes) {
    for (const { word, kinds } of node.references) {
      const target = nodeOfName.get(word.text);
      const label = `${node.kind} "${node.name}"`;
      if (target === undefined) {
        const fitting = nodes.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
        const nearest = nearestWord(word.text, fitting);
        const hint = nearest === undefined ? `there is: ${fitting.join(', ') || 'none'}` : `did you mean "${nearest}"?`;
        faults.fault(
          word.place,
          `${label} stands on "${word.text}", which does not exist (${word.text} → ${node.name})`,
          hint,
        );
      } else if (!kinds.includes(target.kind) && !cycle.includes(node.name))
        faults.fault(
          word.place,
          `${label} stands on "${word.text}", a ${target.kind}; it needs a ${kinds.join(' or ')}`,
        );
    }
  }
  return sorted.kind === 'sorted' ? sorted.order : [];
}
