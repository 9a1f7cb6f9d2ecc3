/** What the order is made from. */
export interface OrderInput {
  /** In the order asked for. */
  readonly requested: readonly string[];
  /** Every name of the build, provided ones too. */
  readonly reached: readonly string[];
  readonly dependenciesOf: (name: string) => readonly string[];
  /** The element that stands in for a name, if any. */
  readonly providerOf: (name: string) => string | undefined;
}

/**
 * The stable order of a build's elements: dependencies before dependants, otherwise in the order asked for.
 *
 * Depth first through the requested names, dependencies in the order of `element-deps`. A provided name stands for its
 * provider. A cycle is broken where the walk comes back to an element that it has entered.
 *
 * @returns the reached names without the provided ones
 */
export function orderElements(input: OrderInput): string[] {
  const entered = new Set<string>();
  const order: string[] = [];
  const visit = (name: string): void => {
    if (entered.has(name)) return;
    entered.add(name);
    for (const dependency of input.dependenciesOf(name)) visit(dependency);
    const provider = input.providerOf(name);
    if (provider === undefined) order.push(name);
    else visit(provider);
  };
  for (const name of [...input.requested, ...input.reached]) visit(name);
  return order;
}
