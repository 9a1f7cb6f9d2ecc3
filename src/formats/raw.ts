import { rm } from 'node:fs/promises';
import type { Ports } from '../model/ports.js';
import { type Draft, openDraft } from './draft.js';

/** Where the raw disk lies, and where it is to go. */
export interface RawMove {
  readonly rawDiskPath: string;
  readonly finalPath: string;
}

/**
 * Makes the draft of a raw disk: a sparse copy, as nothing moves out of the workspace, which is a mount of its own.
 *
 * The disk must not change any more. Once the draft is published the disk is gone from its first place.
 */
export async function draftRaw(move: RawMove, ports: Ports): Promise<Draft> {
  const draft = await openDraft(move.finalPath, ports);
  try {
    await ports.programs.require({
      program: 'cp',
      arguments: ['--reflink=auto', '--sparse=auto', '--', move.rawDiskPath, draft.path],
    });
  } catch (error) {
    await draft.discard();
    throw error;
  }
  return {
    ...draft,
    async publish(finalPath) {
      await draft.publish(finalPath);
      await rm(move.rawDiskPath, { force: true });
    },
  };
}
