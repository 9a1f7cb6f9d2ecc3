import { link, mkdir, rm, stat } from 'node:fs/promises';
import { hasErrorCode } from '../base/build-error.js';
import { type KeptResult, removeResult, resultDirectory, writeKeptResult } from '../layers/kept-result.js';
import { readSealed, writeSealed } from '../layers/layer-store.js';
import type { Ports } from '../model/ports.js';

/** A result whose files are not yet kept. */
export type ResultDraft = Omit<KeptResult, 'artifacts'> & {
  readonly artifacts: readonly Omit<KeptResult['artifacts'][number], 'modifiedNs'>[];
};

/** Notes inside the namespace what is to be kept; the files are linked by {@link keepResult}, outside of it. */
export async function draftResult(storeDirectory: string, draft: ResultDraft): Promise<void> {
  const directory = resultDirectory(storeDirectory, draft.imagePath);
  await removeResult(directory);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeSealed(`${directory}/draft.json`, draft);
}

/**
 * Gives the files of the last build a second name in the store; a copy where they are on another file system. Nothing is
 * lost when it fails: the next build makes its image anew.
 *
 * Outside of the namespace, where directories of one file system are mounted once: across mounts nothing can be linked.
 */
export async function keepResult(storeDirectory: string, imagePath: string, ports: Ports): Promise<void> {
  const directory = resultDirectory(storeDirectory, imagePath);
  const draft = await readSealed<ResultDraft>(`${directory}/draft.json`);
  if (draft === undefined) return;
  try {
    const artifacts = [];
    for (const kept of draft.artifacts) {
      const path = `${directory}/${kept.name}`;
      await linkOrCopy(kept.artifact.path, path, ports);
      const status = await stat(path, { bigint: true });
      artifacts.push({ ...kept, modifiedNs: String(status.mtimeNs) });
    }
    for (const { path, name } of draft.outputs)
      await ports.programs.require({ program: 'cp', arguments: ['-a', '-T', '--', path, `${directory}/${name}`] });
    await writeKeptResult(directory, { ...draft, artifacts });
    await rm(`${directory}/draft.json`);
  } catch (error) {
    await removeResult(directory);
    const reason = error instanceof Error ? error.message : String(error);
    ports.emit({ kind: 'message', level: 'warning', text: `the finished image is not kept for next time: ${reason}` });
  }
}

async function linkOrCopy(from: string, to: string, ports: Ports): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'].some((code) => hasErrorCode(error, code))) throw error;
    await ports.programs.require({
      program: 'cp',
      arguments: ['--reflink=auto', '--sparse=always', '--preserve=timestamps', '--', from, to],
    });
  }
}
