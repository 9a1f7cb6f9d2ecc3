import { openFaultList } from '../../src/layout/fault-list.js';
import { flattenTree } from '../../src/layout/flatten-tree.js';
import { readPlacedYaml } from '../../src/layout/read-placed-yaml.js';

/**
 * Reads the first entry of a YAML text with `read` and gives what it gave, its faults and its warnings.
 * Faults are `line:column message`.
 */
export function readFirstEntry<Result>(
  text: string,
  read: (entry: ReturnType<typeof flattenTree>[number], faults: ReturnType<typeof openFaultList>) => Result,
): { readonly result: Result; readonly faults: readonly string[]; readonly warnings: readonly string[] } {
  const list = openFaultList('t');
  const seen: string[] = [];
  const faults: typeof list = {
    ...list,
    fault: (place, message) => seen.push(`${place.line}:${place.column} ${message}`),
  };
  const [entry] = flattenTree(readPlacedYaml(text, faults), faults);
  if (entry === undefined) throw new Error(`no entry in ${text}: ${seen.join(', ')}`);
  const result = read(entry, faults);
  return { result, faults: seen, warnings: list.warnings };
}
