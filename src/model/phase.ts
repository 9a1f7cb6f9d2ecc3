/** The moments at which hooks run, in order. */
export const phases = [
  'root',
  'extra-data',
  'pre-install',
  'install',
  'post-install',
  'post-root',
  'block-device',
  'pre-finalise',
  'finalise',
  'cleanup',
] as const;

export type Phase = (typeof phases)[number];

/** Where a phase's hooks run: on the build host beside the tree, or inside it. */
export type HookPlace = 'host' | 'chroot';

/** The place of every phase. */
export const placeOfPhase: Readonly<Record<Phase, HookPlace>> = {
  root: 'host',
  'extra-data': 'host',
  'pre-install': 'chroot',
  install: 'chroot',
  'post-install': 'chroot',
  'post-root': 'host',
  'block-device': 'host',
  'pre-finalise': 'host',
  finalise: 'chroot',
  cleanup: 'host',
};
