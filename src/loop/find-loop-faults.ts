import { existsSync } from 'node:fs';
import { BuildError } from '../base/build-error.js';
import type { DiskModeChoice } from '../model/plan.js';

/**
 * Finds out before a build whether the loop mode can work here.
 *
 * @returns the faults, each with what to do; none when all is well or no loop device is needed
 */
export function findLoopFaults({
  diskMode,
  userId,
  controlPath = '/dev/loop-control',
}: {
  readonly diskMode: DiskModeChoice;
  readonly userId: number;
  readonly controlPath?: string;
}): readonly BuildError[] {
  if (diskMode.mode !== 'loop') return [];
  const otherwise = 'or try DIB_DISK_MODE=files: hooks then find names of devices, but no devices';
  if (userId !== 0)
    return [
      new BuildError({
        code: 'SANDBOX_UNAVAILABLE',
        message: `the loop mode needs root (it was chosen because ${diskMode.because})`,
        hint: `run it as root, ${otherwise}`,
      }),
    ];
  if (existsSync(controlPath)) return [];
  return [
    new BuildError({
      code: 'SANDBOX_UNAVAILABLE',
      message: `the loop mode needs loop devices, and there is no ${controlPath} (it was chosen because ${diskMode.because})`,
      hint: `load the module (modprobe loop), in a container hand in /dev/loop-control and /dev/loop*, ${otherwise}`,
    }),
  ];
}
