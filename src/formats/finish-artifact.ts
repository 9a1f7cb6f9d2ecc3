import { rm, stat } from 'node:fs/promises';
import type { Artifact } from '../model/artifact.js';
import type { Ports } from '../model/ports.js';
import { type DigestKind, digestFile, formatDigestLine } from './digest-file.js';
import type { Draft } from './draft.js';
import { keepOldImage, writeFileWhole } from './keep-old-image.js';

/** A made file that waits for the others before it is published. */
export interface FinishedDraft {
  readonly format: string;
  readonly extension: string;
  readonly draft: Draft;
  readonly digests: Readonly<Partial<Record<DigestKind, string>>>;
}

/** How artifacts are named and kept. */
export interface FinishOptions {
  /** Absolute path of artifacts without dot and extension. */
  readonly imagePath: string;
  /** The same as the caller wrote it: what checksum files name. */
  readonly imageName: string;
  readonly checksums: readonly DigestKind[];
  readonly overwritesOldImage: boolean;
}

/** Digests a made file; the digests are those of the artifact, as publishing changes no byte. */
export async function digestDraft(
  made: { readonly format: string; readonly extension: string; readonly draft: Draft },
  options: FinishOptions,
  ports: Ports,
): Promise<FinishedDraft> {
  return { ...made, digests: await digestFile(made.draft.path, options.checksums, ports) };
}

/**
 * Puts a made file at its path, in one step.
 *
 * An artifact that is there is kept under a dated name with its checksum files, unless `overwritesOldImage`; checksum
 * files are written as `md5sum` and `sha256sum` write them, and stale ones removed.
 */
export async function finishArtifact(finished: FinishedDraft, options: FinishOptions, ports: Ports): Promise<Artifact> {
  const path = `${options.imagePath}.${finished.extension}`;
  if (!options.overwritesOldImage) {
    const keptPath = await keepOldImage(
      { ...options, extension: finished.extension, nowMs: ports.clock.nowMs() },
      ports,
    );
    if (keptPath !== undefined) ports.emit({ kind: 'message', level: 'info', text: `old image kept as ${keptPath}` });
  }
  await Promise.all(['md5', 'sha256'].map((kind) => rm(`${path}.${kind}`, { force: true })));
  await finished.draft.publish(path);
  for (const kind of options.checksums) {
    const digest = finished.digests[kind];
    if (digest === undefined) continue;
    await writeFileWhole(
      `${path}.${kind}`,
      formatDigestLine(digest, `${options.imageName}.${finished.extension}`),
      ports,
    );
  }
  const { size: sizeBytes } = await stat(path);
  const { sha256 } = finished.digests;
  ports.emit({
    kind: 'artifact-written',
    path,
    format: finished.format,
    sizeBytes,
    ...(sha256 === undefined ? {} : { sha256 }),
  });
  return { format: finished.format, path, sizeBytes, digests: finished.digests };
}
