import type { BenchCase } from '../case.js';
import { original } from '../contestants/original.js';
import { openOurs } from '../contestants/ours.js';
import { measureBuilds } from '../measure-builds.js';

/** The cold build of a plain image, against the original. */
export const cold: BenchCase = {
  name: 'cold',
  run: async (context) => {
    const { measurements, nodePeakBytes, notes } = await measureBuilds(context, {
      contestants: [openOurs(), original],
      elements: ['debian-minimal'],
    });
    const memory = 'largest Node process of ours';
    return {
      name: 'cold',
      title: `qcow2 of debian-minimal (${context.release}, plain file system, with base), empty caches, warm package cache`,
      measurements: [
        ...measurements,
        {
          name: memory,
          unit: 'MB',
          values: (nodePeakBytes.get('ours') ?? []).map((bytes) => bytes / 1e6),
          loads: [],
        },
      ],
      comparisons: [
        { ours: 'ours', theirs: 'original', goal: 0.6 },
        { ours: 'ours, processor', theirs: 'original, processor' },
      ],
      limits: [{ name: memory, atMost: 200 }],
      notes,
    };
  },
};
