import type { Decision } from '../../../src/layers/layer-record.js';

/**
 * Follows each step that ran back to the causes it began with: every one must hold a mark of the edit. Reused steps
 * that gave another result than before must have such causes too, as later steps refer to them.
 */
export function findUnexplained(
  decisions: readonly Decision[],
  marks: readonly string[],
): { readonly explained: number; readonly unexplained: readonly string[] } {
  const unexplained: string[] = [];
  let explained = 0;
  for (const [index, decision] of decisions.entries()) {
    const isEachTime = decision.because.includes('host hooks run each time');
    if (decision.outcome === 'reused' || (isEachTime && decision.because.length === 1)) continue;
    const roots = rootsOf(decisions, index);
    const strange = roots.filter((root) => !marks.some((mark) => root.includes(mark)));
    if (roots.length > 0 && strange.length === 0) explained += 1;
    else
      unexplained.push(
        `${decision.outcome} ${decision.phase}.d/${decision.hooks.join(', ')}: ${roots.length === 0 ? 'no cause' : strange.join(' | ')}`,
      );
  }
  return { explained, unexplained };
}

function rootsOf(decisions: readonly Decision[], index: number): readonly string[] {
  return (decisions[index]?.because ?? [])
    .filter((cause) => cause !== 'host hooks run each time' && !cause.startsWith('not kept: '))
    .flatMap((cause) => {
      const [, phase, hook] =
        /^it never ran on the tree that ([a-z-]+)\.d\/(\S+) left now$/.exec(cause) ??
        /^([a-z-]+)\.d\/(\S+) has (?:not )?read \S+ before it now$/.exec(cause) ??
        / made by ([a-z-]+)\.d\/(\S+)/.exec(cause) ??
        [];
      if (phase === undefined || hook === undefined) return [cause];
      const at = decisions.findLastIndex(
        (one, place) => place < index && one.phase === phase && one.hooks.includes(hook),
      );
      const further = at < 0 ? [] : rootsOf(decisions, at);
      return further.length === 0 ? [`${cause}, which has no cause`] : further;
    });
}
