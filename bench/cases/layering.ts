import { isCacheEffective } from '../cache-probe.js';
import type { BenchCase } from '../case.js';
import { openOurs } from '../contestants/ours.js';
import { measureBuilds } from '../measure-builds.js';

/** What tracing and layering cost in a cold build. */
export const layering: BenchCase = {
  name: 'layering',
  run: async (context) => {
    const title = `cold qcow2 of vm debian-minimal (${context.release}) with and without layers`;
    if (!isCacheEffective(context.scratchDirectory))
      return {
        name: 'layering',
        title,
        measurements: [],
        comparisons: [],
        limits: [],
        notes: ['skipped: --cache=on has no effect here; a second build of the same image reused nothing'],
      };
    const on = openOurs({ name: '--cache=on', flags: ['--cache=on'] });
    const off = openOurs({ name: '--cache=off', flags: ['--cache=off'] });
    const { measurements, notes } = await measureBuilds(context, {
      contestants: [on, off],
      elements: ['vm', 'debian-minimal'],
    });
    return {
      name: 'layering',
      title,
      measurements,
      comparisons: [{ ours: on.name, theirs: off.name, goal: 1.03 }],
      limits: [],
      notes,
    };
  },
};
