import { mkdir, rename, rm } from 'node:fs/promises';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import type { Locks, Programs } from '../model/ports.js';
import { saveBuildDecisions } from './build-decisions.js';
import { archiveDescriptionName, type LayerArchive } from './export-build.js';
import { digestOfTable } from './layer-entry.js';
import type { Layer } from './layer-record.js';
import { contentDigestOf, digestLayer, type LayerStore, readSealed, writeSealed } from './layer-store.js';
import { takeLease } from './lease-layers.js';

/** What {@link importBuild} needs. */
export interface ImportOptions {
  readonly store: LayerStore;
  readonly archivePath: string;
  readonly isRootless: boolean;
  /** Text of `/proc/sys/kernel/random/boot_id`. */
  readonly bootId: string;
  /** Run where the owners of the files are known. */
  readonly programs: Programs;
  readonly locks: Locks;
}

/** What an import brought. */
export interface ImportReport {
  readonly imagePath: string;
  readonly layerCount: number;
  /** Those that the store did not have. */
  readonly newLayerCount: number;
  readonly recordCount: number;
}

/**
 * Takes an archive of layers into a store. Each layer is read against its digests before it is put in place; nothing of
 * an archive with a damaged one is taken.
 *
 * @throws BuildError `CACHE_CORRUPT` when the archive is none of ours or damaged, `USAGE` when it is for the other kind of store
 */
export async function importBuild(options: ImportOptions): Promise<ImportReport> {
  const { store, programs, archivePath } = options;
  const lease = await takeLease(store.directory, options.locks);
  try {
    const place = lease.directory;
    const extract = async (words: readonly string[]): Promise<void> => {
      const { exitStatus, stderr } = await programs.run({
        program: 'tar',
        arguments: [
          '--extract',
          `--file=${archivePath}`,
          `--directory=${place}`,
          '--numeric-owner',
          '--same-owner',
          '--preserve-permissions',
          '--xattrs',
          '--xattrs-include=*',
          '--delay-directory-restore',
          ...words,
        ],
      });
      if (exitStatus !== 0) throw damaged(archivePath, stderr.trimEnd().split('\n').at(-1) ?? 'tar cannot read it');
    };
    await extract(['--occurrence=1', archiveDescriptionName]);
    const archive = await readSealed<LayerArchive>(`${place}/${archiveDescriptionName}`);
    if (archive?.archiveVersion !== 1) throw damaged(archivePath, 'its description does not fit its seal');
    if (archive.isRootless !== options.isRootless)
      throw new BuildError({
        code: 'USAGE',
        message: `${archivePath} was exported ${archive.isRootless ? 'by an ordinary user' : 'by root'}: owners and attributes of its files differ`,
        hint: archive.isRootless ? 'import it as an ordinary user' : 'import it as root',
      });
    await extract(['layers']);
    for (const layer of archive.layers) await check(layer);
    let newLayerCount = 0;
    for (const layer of archive.layers) {
      if ((await store.find(layer.id)) !== undefined) continue;
      await rm(`${place}/new`, { recursive: true, force: true });
      await mkdir(`${place}/new`, { mode: 0o700 });
      await rename(`${place}/layers/${layer.id}/tree`, `${place}/new/tree`);
      await writeSealed(`${place}/new/layer.json`, { ...layer, bootId: options.bootId });
      try {
        await rename(`${place}/new`, `${store.directory}/layers/${layer.id}`);
        newLayerCount += 1;
      } catch (error) {
        // A build was quicker with the same one.
        if (!hasErrorCode(error, 'ENOTEMPTY') && !hasErrorCode(error, 'EEXIST')) throw error;
      }
    }
    for (const { id: _, ...record } of archive.records)
      await store.saveRecord({
        ...record,
        ...(archive.salt === store.salt ? {} : { salt: record.salt ?? archive.salt }),
      });
    await saveBuildDecisions(store.directory, archive.build);
    return {
      imagePath: archive.build.imagePath,
      layerCount: archive.layers.length,
      newLayerCount,
      recordCount: archive.records.length,
    };

    async function check(layer: Layer): Promise<void> {
      if (!/^[0-9a-f]{40}(-\d+)?$/.test(layer.id)) throw damaged(archivePath, `${layer.id} is no name of a layer`);
      const found = await digestLayer(`${place}/layers/${layer.id}/tree`, layer.volatilePath, programs).catch(
        (error: unknown) => error,
      );
      if (found instanceof Error) throw damaged(archivePath, `layer ${layer.id} cannot be read: ${found.message}`);
      const { digest, entries } = found as Awaited<ReturnType<typeof digestLayer>>;
      if (
        digestOfTable(entries) !== layer.tableDigest ||
        contentDigestOf(digest, entries, layer.volatilePath) !== layer.contentDigest
      )
        throw damaged(archivePath, `layer ${layer.id} does not fit its digests`);
    }
  } finally {
    // Of an ordinary user's layers not all can be removed without the namespace.
    await programs.run({ program: 'rm', arguments: ['-rf', '--one-file-system', '--', lease.directory] });
    await lease.release();
  }
}

function damaged(path: string, why: string): BuildError {
  return new BuildError({
    code: 'CACHE_CORRUPT',
    message: `${path} is not an archive of layers as dib layers export writes it: ${why}`,
    hint: 'nothing was imported; export it again',
  });
}
