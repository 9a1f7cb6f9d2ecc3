import type { Ports } from '../model/ports.js';
import { readDigest } from './digest-file.js';
import type { Draft } from './draft.js';
import { fanOut, type Sink, writeToFile } from './fan-out.js';
import { writeOci } from './oci.js';
import { epochOf, type MadeDraft, type Making, madeDraft, openScopedDraft } from './output-options.js';
import { tarCommand } from './tar.js';
import { zstdCommand } from './tar-zst.js';
import { gzipCommand } from './tgz.js';

/** Formats that are made from the one tar stream. */
export const archiveFormats: ReadonlySet<string> = new Set(['tar', 'tgz', 'tar.zst', 'oci', 'docker']);

/** The archives, and where the compressed tree lies when an image for containers was made. */
export interface MadeArchives {
  readonly made: readonly MadeDraft[];
  readonly layerPath?: string;
}

/** Makes all archives from one reading of the tree. `docker` and `oci` are one file, named as the first of them. */
export async function makeArchives(
  making: Making & {
    readonly treeDirectory: string;
    readonly mountPoints: readonly string[];
    readonly formats: readonly string[];
  },
  ports: Ports,
): Promise<MadeArchives> {
  const { options, formats, treeDirectory, mountPoints } = making;
  const open = (format: string): Promise<Draft> => openScopedDraft(making, format);
  const imageFormat = formats.find((format) => format === 'oci' || format === 'docker');
  const tarDraft = formats.includes('tar') ? await open('tar') : undefined;
  const gzipDraft = formats.includes('tgz') || imageFormat !== undefined ? await open('tgz') : undefined;
  const zstdDraft = formats.includes('tar.zst') ? await open('tar.zst') : undefined;
  const gzip = gzipCommand({ gzipProgram: options.gzipProgram, cpuCount: options.cpuCount, programs: ports.programs });
  const sinks: readonly Sink[] = [
    ...(tarDraft === undefined ? [] : [[writeToFile(tarDraft.path)] as const]),
    ...(gzipDraft === undefined ? [] : [[gzip, writeToFile(gzipDraft.path)] as const]),
    ...(zstdDraft === undefined ? [] : [[zstdCommand(), writeToFile(zstdDraft.path)] as const]),
    // The identity of a layer is the digest of its archive before compression.
    ...(imageFormat === undefined ? [] : [[{ program: 'sha256sum', arguments: [] }] as const]),
  ];
  const tarOptions = { treeDirectory, mountPoints, ...epochOf(options) };
  const results =
    tarDraft !== undefined && sinks.length === 1
      ? [await ports.programs.require(tarCommand({ ...tarOptions, archivePath: tarDraft.path }))]
      : await fanOut({ source: tarCommand(tarOptions), sinks, scratchDirectory: making.scratchDirectory }, ports);
  const made: MadeDraft[] = [];
  if (tarDraft !== undefined) made.push(madeDraft('tar', tarDraft));
  if (gzipDraft !== undefined && formats.includes('tgz')) made.push(madeDraft('tgz', gzipDraft));
  if (zstdDraft !== undefined) made.push(madeDraft('tar.zst', zstdDraft));
  if (imageFormat === undefined || gzipDraft === undefined) return { made };
  const imageDraft = await open(imageFormat);
  await writeOci(
    {
      archivePath: imageDraft.path,
      layerPath: gzipDraft.path,
      layerContentDigest: readDigest(results.at(-1)?.stdout ?? ''),
      architecture: options.architecture,
      createdSeconds: options.sourceDateEpochSeconds ?? Math.floor(ports.clock.nowMs() / 1000),
      imageName: options.imageName,
      ...(options.dockerTarget === undefined ? {} : { dockerTarget: options.dockerTarget }),
    },
    ports,
  );
  return { made: [...made, madeDraft(imageFormat, imageDraft)], layerPath: gzipDraft.path };
}
