import { describeFormat } from '../base/format-table.js';
import type { Scope } from '../base/scope.js';
import type { Ports } from '../model/ports.js';
import type { BuildRequest } from '../model/request.js';
import { type Draft, openDraft } from './draft.js';

/** What artifacts are made from, and what of the request they follow. */
export interface OutputOptions
  extends Pick<
    BuildRequest,
    | 'formats'
    | 'imagePath'
    | 'imageName'
    | 'compress'
    | 'checksums'
    | 'gzipProgram'
    | 'overwritesOldImage'
    | 'architecture'
    | 'qemuImgOptions'
    | 'dockerTarget'
    | 'aciManifestPath'
    | 'sourceDateEpochSeconds'
  > {
  /** Needed for formats made from the tree. What is mounted below it stays out. */
  readonly treeDirectory?: string;
  /** Mount points below the tree, relative to it, whose content belongs to it all the same. */
  readonly diskMountPoints?: readonly string[];
  /** Absent: formats made from the disk are left out. The format `raw` takes the file away. */
  readonly rawDiskPath?: string;
  readonly cpuCount: number;
  /** Existing directory for small temporary files; default the system's. */
  readonly scratchDirectory?: string;
}

/** What the makers of single formats share. */
export interface Making {
  readonly options: OutputOptions;
  readonly ports: Ports;
  /** Drafts that were not published are discarded when it closes. */
  readonly scope: Scope;
  /** For small temporary files. */
  readonly scratchDirectory: string;
}

/** A file that is made but not yet at its path. */
export interface MadeDraft {
  readonly format: string;
  readonly extension: string;
  readonly draft: Draft;
}

/** Absolute path of the artifact of a format. */
export function artifactPath(options: Pick<OutputOptions, 'imagePath'>, format: string): string {
  return `${options.imagePath}.${describeFormat(format).extension}`;
}

/** Opens a draft of a format that the scope discards. */
export async function openScopedDraft(making: Making, format: string): Promise<Draft> {
  return scoped(making, await openDraft(artifactPath(making.options, format), making.ports));
}

/** Hands a draft to the scope. */
export function scoped(making: Making, draft: Draft): Draft {
  making.scope.onClose(draft.path, () => draft.discard());
  return draft;
}

/** A made file with the format's name and extension. */
export function madeDraft(format: string, draft: Draft): MadeDraft {
  return { format, extension: describeFormat(format).extension, draft };
}

/** `SOURCE_DATE_EPOCH` where it is set, for spreading into options. */
export function epochOf(options: Pick<OutputOptions, 'sourceDateEpochSeconds'>): {
  readonly sourceDateEpochSeconds?: number;
} {
  return options.sourceDateEpochSeconds === undefined ? {} : { sourceDateEpochSeconds: options.sourceDateEpochSeconds };
}
