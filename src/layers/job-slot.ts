import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locks } from '../model/ports.js';

/** One of the places in which builds that were started together may work. */
export interface JobSlot {
  /** Gives the place to another build while this one only waits, and takes one again after it. */
  whileWaiting<Result>(wait: () => Promise<Result>): Promise<Result>;
  release(): Promise<void>;
}

/** The variable by which `diskimage-builder` tells its builds where the slots are: `COUNT:DIRECTORY`. */
export const jobSlotsVariable = 'DIB_CACHE_JOB_SLOTS';

/** How often the first one in the queue looks for a free slot. */
const lookAgainMs = 40;

/**
 * Waits for a slot.
 *
 * Slots are locks, so one that is held by a build which is killed is free again.
 *
 * @param text value of {@link jobSlotsVariable}
 */
export async function takeJobSlot(text: string, locks: Locks): Promise<JobSlot> {
  const [, countText = '1', directory = ''] = /^(\d+):(.+)$/.exec(text) ?? [];
  const count = Number(countText);
  await mkdir(directory, { recursive: true });
  let give: (() => Promise<void>) | undefined;
  const take = async (): Promise<void> => {
    // Only one looks, the others wait behind it.
    const endTurn = await locks.acquire(`${directory}/turn`);
    try {
      while (give === undefined) {
        for (let index = 0; index < count && give === undefined; index += 1)
          give = await locks.tryAcquire(`${directory}/${index}`);
        if (give === undefined) await sleep(lookAgainMs);
      }
    } finally {
      await endTurn();
    }
  };
  const release = async (): Promise<void> => {
    const held = give;
    give = undefined;
    await held?.();
  };
  await take();
  return {
    async whileWaiting(wait) {
      await release();
      const result = await wait();
      await take();
      return result;
    },
    release,
  };
}
