import type { Phase } from '../model/phase.js';
import type { BuildDecisions } from './build-decisions.js';
import type { UnitRecord } from './layer-record.js';

/** Who made a layer of a build. */
export interface LayerOwner {
  readonly layerId: string;
  /** In the order in which they ran; none when the engine itself made the changes. */
  readonly hooks: readonly OwnerHook[];
  /** What ran beside the tree is saved together with what the engine itself did. */
  readonly isExact: boolean;
}

/** A hook that wrote, or may have written, what is in a layer. */
export interface OwnerHook {
  readonly phase: Phase;
  readonly name: string;
  /** Not known for hooks of which no record was kept. */
  readonly element?: string;
}

/** Who made each layer of a build, bottom first. */
export function findLayerOwners(build: BuildDecisions, records: readonly UnitRecord[]): readonly LayerOwner[] {
  const elements = new Map<string, string>();
  for (const record of records)
    for (const hook of record.hooks) elements.set(`${record.phase}/${hook.name}`, hook.element);
  const withElement = (phase: Phase, name: string): OwnerHook => {
    const element = elements.get(`${phase}/${name}`);
    return { phase, name, ...(element === undefined ? {} : { element }) };
  };
  return build.stack.map((layerId, index) => {
    const decision = build.decisions.find((one) => one.layer === layerId && one.depth === index + 1);
    if (decision !== undefined)
      return { layerId, hooks: decision.hooks.map((name) => withElement(decision.phase, name)), isExact: true };
    const beside = build.decisions.filter(
      (one) => one.outcome === 'run' && one.layer === undefined && one.depth === index,
    );
    return {
      layerId,
      hooks: beside.flatMap((one) => one.hooks.map((name) => withElement(one.phase, name))),
      isExact: false,
    };
  });
}

/** `install.d/50-name of element name`, joined by commas; what the engine did when there is no hook. */
export function formatOwner(owner: Pick<LayerOwner, 'hooks'>): string {
  if (owner.hooks.length === 0) return 'the engine itself';
  return owner.hooks
    .map((hook) => `${hook.phase}.d/${hook.name}${hook.element === undefined ? '' : ` of element ${hook.element}`}`)
    .join(', ');
}
