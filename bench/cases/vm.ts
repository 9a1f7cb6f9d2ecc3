import type { BenchCase } from '../case.js';
import { floor } from '../contestants/floor.js';
import { mkosi } from '../contestants/mkosi.js';
import { original } from '../contestants/original.js';
import { openOurs } from '../contestants/ours.js';
import { measureBuilds } from '../measure-builds.js';

/** The cold build of a disk that boots, against everything that makes one. */
export const vm: BenchCase = {
  name: 'vm',
  run: async (context) => {
    const { measurements, notes } = await measureBuilds(context, {
      contestants: [openOurs(), original, floor, mkosi],
      elements: ['vm', 'debian-minimal'],
    });
    return {
      name: 'vm',
      title: `qcow2 of vm debian-minimal (${context.release}), empty caches, warm package cache`,
      measurements,
      comparisons: [
        { ours: 'ours', theirs: original.name, goal: 0.4 },
        { ours: 'ours', theirs: floor.name, goal: 1 },
        { ours: 'ours', theirs: mkosi.name, goal: 1 },
      ],
      limits: [],
      notes,
    };
  },
};
