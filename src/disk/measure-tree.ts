import { alignUp, gibibyte, kibibyte, mebibyte, tebibyte } from '../base/units.js';
import type { Ports } from '../model/ports.js';
import type { TreeMeasure } from '../model/step-context.js';

/** What to count. */
export interface MeasureTreeRequest {
  readonly treeDirectory: string;
  /** Absolute paths in the image; `/` is always counted. */
  readonly mountPoints: readonly string[];
  /** `large`: report what takes 10 MiB and more; `full`: everything. */
  readonly usageReport: 'none' | 'large' | 'full';
}

/** What the part of the tree below one mount point takes. */
export interface PartMeasure {
  /** Allocated bytes, directories included, hard links once; a multiple of 1024, as `du -x` counts. */
  readonly contentBytes: number;
  /** Lengths of the files, hard links once, holes included. */
  readonly apparentBytes: number;
  /** The share of `contentBytes` that directories take. */
  readonly directoryBytes: number;
  readonly inodeCount: number;
}

/** {@link TreeMeasure} with everything that was counted. */
export interface DetailedTreeMeasure extends TreeMeasure {
  readonly byMountPoint: Readonly<Record<string, PartMeasure>>;
}

const blockSizeBytes = 512;
const reportedFromBytes = 10 * mebibyte;

/**
 * Counts a tree in one pass, without crossing into what is mounted in it.
 *
 * `find -printf` took 75 ms for 30 000 files where readdir and lstat of Node took 170 ms (two cores, warm cache,
 * medians of four alternating runs).
 */
export async function measureTree(request: MeasureTreeRequest, ports: Ports): Promise<DetailedTreeMeasure> {
  const { treeDirectory, usageReport } = request;
  const { stdout } = await ports.programs.require({
    program: 'find',
    arguments: [treeDirectory, '-xdev', '-printf', '%y\\t%D:%i\\t%n\\t%b\\t%s\\t%P\\0'],
  });
  const mountPoints = [...new Set(['/', ...request.mountPoints])].sort((one, other) => other.length - one.length);
  const parts = new Map(mountPoints.map((mountPoint) => [mountPoint, emptyPart()]));
  const usage = usageReport === 'none' ? undefined : new Map<string, number>();
  const seen = new Set<string>();
  let totalBlocks = 0;
  for (const entry of parseEntries(stdout)) {
    const mountPoint = mountPoints.find((candidate) => isWithin(entry.path, candidate)) ?? '/';
    const part = parts.get(mountPoint);
    // Each file system holds its own copy of a file that is linked from several.
    if (part !== undefined && isFirst(part.seen, entry)) count(part, entry);
    if (!isFirst(seen, entry)) continue;
    totalBlocks += entry.blocks;
    if (usage !== undefined) addUsage(usage, entry);
  }
  return {
    totalBytes: blocksToBytes(totalBlocks),
    byMountPoint: Object.fromEntries(mountPoints.map((mountPoint) => [mountPoint, finish(parts.get(mountPoint))])),
    reportLines: usage === undefined ? [] : formatUsage(usage, usageReport === 'full' ? 0 : reportedFromBytes),
  };
}

interface Entry {
  readonly isDirectory: boolean;
  readonly isFile: boolean;
  readonly identity: string;
  readonly linkCount: number;
  readonly blocks: number;
  readonly sizeBytes: number;
  /** Absolute in the image. */
  readonly path: string;
}

interface Part {
  readonly seen: Set<string>;
  blocks: number;
  directoryBlocks: number;
  apparentBytes: number;
  inodeCount: number;
}

function emptyPart(): Part {
  return { seen: new Set(), blocks: 0, directoryBlocks: 0, apparentBytes: 0, inodeCount: 0 };
}

function* parseEntries(text: string): Generator<Entry> {
  let start = 0;
  for (let end = text.indexOf('\0'); end >= 0; end = text.indexOf('\0', start)) {
    const [kind, identity = '', linkCount, blocks, sizeBytes, ...path] = text.slice(start, end).split('\t');
    start = end + 1;
    yield {
      isDirectory: kind === 'd',
      isFile: kind === 'f',
      identity,
      linkCount: Number(linkCount),
      blocks: Number(blocks),
      sizeBytes: Number(sizeBytes),
      path: `/${path.join('\t')}`,
    };
  }
}

function isWithin(path: string, mountPoint: string): boolean {
  return mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`);
}

function isFirst(seen: Set<string>, entry: Entry): boolean {
  if (entry.isDirectory || entry.linkCount < 2) return true;
  if (seen.has(entry.identity)) return false;
  seen.add(entry.identity);
  return true;
}

function count(part: Part, entry: Entry): void {
  part.inodeCount += 1;
  part.blocks += entry.blocks;
  if (entry.isDirectory) part.directoryBlocks += entry.blocks;
  if (entry.isFile) part.apparentBytes += entry.sizeBytes;
}

function finish(part: Part = emptyPart()): PartMeasure {
  return {
    contentBytes: blocksToBytes(part.blocks),
    apparentBytes: part.apparentBytes,
    directoryBytes: part.directoryBlocks * blockSizeBytes,
    inodeCount: part.inodeCount,
  };
}

function blocksToBytes(blocks: number): number {
  return alignUp(blocks * blockSizeBytes, kibibyte);
}

/** A directory takes what lies below it, too. */
function addUsage(usage: Map<string, number>, entry: Entry): void {
  const add = (path: string) => usage.set(path, (usage.get(path) ?? 0) + entry.blocks * blockSizeBytes);
  add(entry.path);
  if (entry.path === '/') return;
  for (let end = entry.path.lastIndexOf('/'); end > 0; end = entry.path.lastIndexOf('/', end - 1))
    add(entry.path.slice(0, end));
  add('/');
}

function formatUsage(usage: ReadonlyMap<string, number>, fromBytes: number): readonly string[] {
  const entries = [...usage].filter(([, sizeBytes]) => sizeBytes >= fromBytes);
  entries.sort(([path, sizeBytes], [otherPath, otherBytes]) => otherBytes - sizeBytes || (path < otherPath ? -1 : 1));
  return [
    '=== image usage ===',
    ...entries.map(([path, sizeBytes]) => `${formatUsageSize(sizeBytes).padStart(7)} ${path}`),
    '=== end of image usage ===',
  ];
}

/** As numfmt writes them: one decimal below ten, always rounded up, powers of 1024. */
function formatUsageSize(sizeBytes: number): string {
  for (const [factor, unit] of [
    [tebibyte, 'T'],
    [gibibyte, 'G'],
    [mebibyte, 'M'],
    [kibibyte, 'K'],
  ] as const) {
    if (sizeBytes < factor) continue;
    const tenths = Math.ceil((sizeBytes * 10) / factor);
    return tenths < 100 ? `${(tenths / 10).toFixed(1)}${unit}B` : `${Math.ceil(sizeBytes / factor)}${unit}B`;
  }
  return `${sizeBytes}B`;
}
