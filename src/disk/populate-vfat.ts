import { lstat, readdir } from 'node:fs/promises';
import { BuildError } from '../base/build-error.js';
import type { Command, Ports } from '../model/ports.js';
import { chooseFatShape } from './fat-shape.js';
import { type PopulateRequest, runMkfs } from './run-mkfs.js';

const maximumFileSizeBytes = 2 ** 32 - 1;
/** Stays far below the kernel's limit for one argument list. */
const maximumBatchBytes = 100_000;

/** Makes a FAT file system in place, at its offset, entries in the order of their names. */
export async function populateVfat(request: PopulateRequest, ports: Ports): Promise<void> {
  const entries = await collectEntries(request);
  await runMkfs({ program: 'mkfs.fat', arguments: mkfsFatArguments(request) }, request, ports);
  for (const command of mtoolsCommands(request, entries)) await runMkfs(command, request, ports);
}

/** The arguments of mkfs.fat. Its times and ids are fixed; width and clusters are chosen, as it sees the whole image. */
export function mkfsFatArguments(request: PopulateRequest): readonly string[] {
  const { fileSystem, filePath, offsetBytes, sizeBytes } = request;
  const { sectorSizeBytes } = fileSystem;
  return [
    '--invariant',
    ...shapeArguments(request),
    '-S',
    String(sectorSizeBytes),
    ...fileSystem.options,
    '-n',
    fileSystem.label.toUpperCase(),
    '-i',
    fileSystem.uuid.replaceAll('-', '').slice(0, 8),
    `--offset=${offsetBytes / sectorSizeBytes}`,
    filePath,
    String(Math.floor(sizeBytes / 1024)),
  ];
}

function shapeArguments(request: PopulateRequest): readonly string[] {
  const { fileSystem, sizeBytes, isEfiSystemPartition } = request;
  if (fileSystem.options.some((option) => /^-[Fs]/.test(option))) return [];
  const { widthBits, sectorsPerCluster } = chooseFatShape({
    sizeBytes,
    sectorSizeBytes: fileSystem.sectorSizeBytes,
    isEfiSystemPartition,
  });
  return ['-F', String(widthBits), '-s', String(sectorsPerCluster)];
}

interface Entry {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly isDirectory: boolean;
  readonly modificationSeconds: number;
}

async function collectEntries(request: PopulateRequest): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const visit = async (directory: string): Promise<void> => {
    const names = (await readdir(`${request.treeDirectory}/${directory}`)).sort();
    const lowerCased = new Map<string, string>();
    for (const name of names) {
      const path = directory === '' ? name : `${directory}/${name}`;
      const other = lowerCased.get(name.toLowerCase());
      if (other !== undefined) throw unsupported(request, path, `differs from "${other}" only in upper and lower case`);
      lowerCased.set(name.toLowerCase(), name);
      // VFAT long names: up to 255 units, without these characters (Microsoft FAT specification 1.03, "Long names").
      if (/["*:<>?\\|]|[. ]$|\p{Cc}/u.test(name)) throw unsupported(request, path, 'has a name that FAT cannot hold');
      const status = await lstat(`${request.treeDirectory}/${path}`);
      if (!status.isDirectory() && !status.isFile())
        throw unsupported(request, path, `is a ${status.isSymbolicLink() ? 'symbolic link' : 'special file'}`);
      if (status.size > maximumFileSizeBytes) throw unsupported(request, path, 'is larger than 4 GiB');
      const modificationSeconds = Math.floor(status.mtimeMs / 1000);
      entries.push({ path, isDirectory: status.isDirectory(), modificationSeconds });
      if (status.isDirectory()) await visit(path);
    }
  };
  await visit('');
  return entries;
}

function mtoolsCommands(request: PopulateRequest, entries: readonly Entry[]): readonly Command[] {
  const { filePath, offsetBytes, treeDirectory, sourceDateEpochSeconds } = request;
  const image = `${filePath}@@${offsetBytes}`;
  // FAT stores local time; mtools takes the time for new entries from SOURCE_DATE_EPOCH.
  const environment = {
    TZ: 'UTC',
    MTOOLS_SKIP_CHECK: '1',
    ...(sourceDateEpochSeconds === undefined ? {} : { SOURCE_DATE_EPOCH: String(sourceDateEpochSeconds) }),
  };
  const directories = entries
    .filter(({ isDirectory }) => isDirectory)
    .map(({ path }) => {
      const nameStart = path.lastIndexOf('/') + 1;
      return `::/${quotePattern(path.slice(0, nameStart))}${path.slice(nameStart)}`;
    });
  const makeDirectories = batches(directories).map((batch) => ({
    program: 'mmd',
    arguments: ['-i', image, ...batch],
    environment,
  }));
  const copies = runsOfFiles(request, entries).flatMap(({ directory, keepsTimes, paths }) =>
    batches(paths).map((batch) => ({
      program: 'mcopy',
      arguments: [
        '-i',
        image,
        ...(keepsTimes ? ['-m'] : []),
        ...batch.map((path) => `${treeDirectory}/${path}`),
        `::/${quotePattern(directory)}`,
      ],
      environment,
    })),
  );
  return [...makeDirectories, ...copies];
}

/** Directories that exist are patterns to mtools; `[` is the only sign of patterns that FAT names can have. */
function quotePattern(path: string): string {
  return path.replaceAll('[', '[[]');
}

/** Files in order, cut where the directory changes, or whether their own time may be kept. */
function runsOfFiles(request: PopulateRequest, entries: readonly Entry[]) {
  const latestSeconds = request.sourceDateEpochSeconds ?? Number.POSITIVE_INFINITY;
  const runs: { directory: string; keepsTimes: boolean; paths: string[] }[] = [];
  const files = entries.filter(({ isDirectory }) => !isDirectory);
  const directoryOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
  files.sort((one, other) =>
    directoryOf(one.path) < directoryOf(other.path) ? -1 : directoryOf(one.path) > directoryOf(other.path) ? 1 : 0,
  );
  for (const { path, modificationSeconds } of files) {
    const directory = directoryOf(path);
    const keepsTimes = modificationSeconds <= latestSeconds;
    const last = runs.at(-1);
    if (last?.directory === directory && last.keepsTimes === keepsTimes) last.paths.push(path);
    else runs.push({ directory, keepsTimes, paths: [path] });
  }
  return runs;
}

function batches(words: readonly string[]): readonly (readonly string[])[] {
  const result: string[][] = [];
  let lengthBytes = maximumBatchBytes;
  for (const word of words) {
    lengthBytes += word.length * 4;
    if (lengthBytes > maximumBatchBytes) {
      result.push([]);
      lengthBytes = word.length * 4;
    }
    result.at(-1)?.push(word);
  }
  return result;
}

function unsupported(request: PopulateRequest, path: string, what: string): BuildError {
  const { name, mountPoint = '' } = request.fileSystem;
  return new BuildError({
    code: 'FILE_SYSTEM_UNSUPPORTED',
    message: `the FAT file system "${name}" cannot hold "${mountPoint === '/' ? '' : mountPoint}/${path}": it ${what}`,
    hint: 'remove the file in a cleanup.d hook, or mount another file system there',
  });
}
