import { join } from 'node:path';
import type { BuildError } from '../base/build-error.js';
import type { Element } from '../model/element.js';
import { familyOfDistribution } from './pkg-family-table.js';
import { checkNode, entriesOf, readYamlSource, ruleFault } from './source-document.js';
import { svcMapSchema } from './svc-map-schema.js';

/**
 * Merges the `svc-map` files of all elements into one map from service to the distribution's name for it.
 *
 * @param faults gets everything that is wrong with them, a service that two elements declare included
 * @returns sorted by service
 */
export function mergeServiceMaps(options: {
  readonly elements: readonly Element[];
  readonly distribution: string;
  readonly faults: BuildError[];
}): ReadonlyMap<string, string> {
  const { elements, distribution, faults } = options;
  const names = new Map<string, string>();
  const declaredAt = new Map<string, string>();
  for (const element of elements) {
    if (!element.files.some((file) => file.path === 'svc-map')) continue;
    const path = join(element.directory, 'svc-map');
    const document = readYamlSource(path, faults);
    if (document === undefined) continue;
    const file = checkNode({
      document,
      node: document.root,
      schema: svcMapSchema,
      subject: path,
      knownKeys: [],
      faults,
    });
    if (file === undefined) continue;
    for (const { key: service, keyNode } of entriesOf(document, document.root) ?? []) {
      const where = document.whereOf(keyNode);
      const earlier = declaredAt.get(service);
      if (earlier !== undefined) {
        faults.push(
          ruleFault({
            message: `service "${service}" of element "${element.name}" is already declared at ${earlier}`,
            hint: 'keep it in one of the two elements',
            where,
          }),
        );
        continue;
      }
      if (!/^[^\s:#{}[\],&*!|>'"%@`-][^\s:]*$/.test(service)) {
        faults.push(ruleFault({ message: `${JSON.stringify(service)} is not a service name`, where }));
        continue;
      }
      declaredAt.set(service, where);
      names.set(service, nameOf(service, file?.[service], distribution));
    }
  }
  return new Map([...names].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** `service: name` lines: two columns for a shell, and YAML for those that read it as such. */
export function serviceTable(names: ReadonlyMap<string, string>): string {
  if (names.size === 0) return '{}\n';
  return [...names].map(([service, name]) => `${service}: ${name}\n`).join('');
}

function nameOf(
  service: string,
  names: Readonly<Record<string, string | null>> | null | undefined,
  distribution: string,
): string {
  const family = familyOfDistribution[distribution];
  return names?.[distribution] ?? (family === undefined ? undefined : names?.[family]) ?? names?.default ?? service;
}
