import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode } from '../base/build-error.js';
import type { Ports } from '../model/ports.js';
import { type Draft, openDraft, openNamedDraft } from './draft.js';

/** Where the raw disk lies, and where it is to go. */
export interface RawMove {
  readonly rawDiskPath: string;
  readonly finalPath: string;
}

/**
 * Takes the raw disk itself as the draft where it can be renamed into place, else a sparse copy of it.
 *
 * The disk must not change any more. Once the draft is published the disk is gone from its first place.
 */
export async function draftRaw(move: RawMove, ports: Ports): Promise<Draft> {
  if (await canRename(move)) {
    return {
      path: move.rawDiskPath,
      async publish(finalPath) {
        await syncFile(move.rawDiskPath);
        await rename(move.rawDiskPath, finalPath);
      },
      discard: async () => undefined,
    };
  }
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

/** Tried with a link: the device numbers of two mounts of one file system are equal, and yet nothing moves across. */
async function canRename(move: RawMove): Promise<boolean> {
  const probe = await openNamedDraft(`${dirname(move.finalPath)}/probe`);
  try {
    await link(move.rawDiskPath, probe.path);
    return true;
  } catch (error) {
    if (['EXDEV', 'EPERM', 'EMLINK', 'EOPNOTSUPP', 'ENOTSUP'].some((code) => hasErrorCode(error, code))) return false;
    throw error;
  } finally {
    await probe.discard();
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
