import { digestOfFields } from '../base/digest.js';
import type { Programs } from '../model/ports.js';
import type { BuildDecisions } from './build-decisions.js';
import type { Layer, UnitRecord } from './layer-record.js';
import { writeSealed } from './layer-store.js';

/** What an archive of layers says of itself, in its first file. */
export interface LayerArchive {
  readonly archiveVersion: 1;
  /** Owners and the overlay's notes are those of a user namespace. */
  readonly isRootless: boolean;
  /** Joined to values before their digests went into the records. */
  readonly salt: string;
  readonly build: BuildDecisions;
  readonly layers: readonly Layer[];
  readonly records: readonly UnitRecord[];
}

/** Name of that file. */
export const archiveDescriptionName = 'dib-layers.json';

/** What the overlay notes for itself on one machine; content digests leave it out too. */
const ownNotes = ['origin', 'impure', 'nlink', 'uuid', 'upper'].flatMap((note) => [
  `--xattrs-exclude=trusted.overlay.${note}`,
  `--xattrs-exclude=user.overlay.${note}`,
]);

/** What {@link exportBuild} needs. */
export interface ExportOptions {
  readonly storeDirectory: string;
  readonly archive: LayerArchive;
  /** An empty directory of our own. */
  readonly scratchDirectory: string;
  readonly outputPath: string;
  /** `--zstd` and the like. */
  readonly compression: readonly string[];
  /** Run where the owners of the files are known. */
  readonly programs: Programs;
}

/** Writes an archive of a build's layers and records. */
export async function exportBuild(options: ExportOptions): Promise<void> {
  const { storeDirectory, archive, scratchDirectory, outputPath } = options;
  await writeSealed(`${scratchDirectory}/${archiveDescriptionName}`, archive);
  await options.programs.require({
    program: 'tar',
    arguments: [
      // Times to the nanosecond, names of any length, attributes: pax has them all.
      '--format=posix',
      '--numeric-owner',
      '--xattrs',
      '--xattrs-include=*',
      ...ownNotes,
      '--warning=no-file-ignored',
      ...options.compression,
      '--create',
      `--file=${outputPath}`,
      `--directory=${scratchDirectory}`,
      archiveDescriptionName,
      `--directory=${storeDirectory}`,
      ...archive.layers.map(({ id }) => `layers/${id}/tree`),
    ],
  });
}

/** The records that lead from an empty tree along a build's layers; those of steps that changed nothing included. */
export function recordsOfBuild(build: BuildDecisions, records: readonly UnitRecord[]): readonly UnitRecord[] {
  const stack = new Set(build.stack);
  const withLayer = records.filter((record) => record.layer !== undefined && stack.has(record.layer.id));
  const states = new Set(
    withLayer.flatMap((record) => [
      record.parent,
      ...(record.layer === undefined ? [] : [digestOfFields([record.parent, record.layer.contentDigest])]),
    ]),
  );
  return records.filter(
    (record) => withLayer.includes(record) || (record.layer === undefined && states.has(record.parent)),
  );
}
