import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { BuildError } from '../base/build-error.js';
import type { Ports } from '../model/ports.js';
import { readAttributes } from './read-attributes.js';
import { type PopulateRequest, runMkfs } from './run-mkfs.js';
import { scanTree } from './scan-tree.js';
import { fillXfs } from './xfs/fill.js';
import type { XfsBytes } from './xfs/space.js';

/**
 * Makes an XFS in a file of its own.
 *
 * mkfs.xfs makes an empty one, we fill it: its prototype files lose times, holes, hard links, extended attributes and
 * names with blanks (before xfsprogs 6.17).
 */
export async function populateXfs(request: PopulateRequest, ports: Ports): Promise<void> {
  const { filePath, treeDirectory, sourceDateEpochSeconds, fileSystem } = request;
  const nodes = await scanTree(treeDirectory);
  const attributes = await readAttributes(treeDirectory, ports);
  const paths = new Set(nodes.map(({ path }) => path.toString('utf8')));
  const [root] = nodes;
  for (const path of attributes.keys())
    if (!paths.has(path) && !isOtherName(path, nodes, paths))
      throw new BuildError({
        code: 'FILE_SYSTEM_UNSUPPORTED',
        message: `the extended attributes of "${path}" cannot be kept: its name is not UTF-8, or it is gone`,
        hint: 'rename the file',
      });
  await runMkfs({ program: 'mkfs.xfs', arguments: mkfsXfsArguments(request) }, request, ports);
  const isTop = fileSystem.mountPoint === undefined || fileSystem.mountPoint === '/';
  const file = openSync(filePath, 'r+');
  try {
    await fillXfs(
      {
        nodes,
        attributes,
        nowMs: ports.clock.nowMs(),
        ...(isTop && root !== undefined ? { root: { mode: 0o40755, userId: 0, groupId: 0 } } : {}),
        ...(sourceDateEpochSeconds === undefined ? {} : { sourceDateEpochSeconds }),
      },
      openBytes(file),
    );
  } finally {
    closeSync(file);
  }
}

/** The arguments of mkfs.xfs. Reverse mapping, which newer versions switch on, is switched off: its trees we do not fill. */
export function mkfsXfsArguments(request: PopulateRequest): readonly string[] {
  const { fileSystem, filePath } = request;
  const { options, sectorSizeBytes, label, uuid } = fileSystem;
  const choosesMapping = options.some((option) => option.includes('rmapbt='));
  return [
    '-q',
    ...options,
    ...(sectorSizeBytes === 4096 ? ['-s', 'size=4096'] : []),
    '-L',
    label,
    '-m',
    `uuid=${uuid}${choosesMapping ? '' : ',rmapbt=0'}`,
    filePath,
  ];
}

/** Hard links are listed under their first name only; getfattr lists all. */
function isOtherName(path: string, nodes: Awaited<ReturnType<typeof scanTree>>, paths: ReadonlySet<string>): boolean {
  const slash = path.lastIndexOf('/');
  if (!paths.has(path.slice(0, slash))) return false;
  const parent = nodes.find((node) => node.path.toString('utf8') === path.slice(0, slash));
  return (parent?.children ?? []).some(({ name }) => name.toString('utf8') === path.slice(slash + 1));
}

function openBytes(file: number): XfsBytes {
  return {
    read(offsetBytes, lengthBytes) {
      const bytes = Buffer.alloc(lengthBytes);
      if (readSync(file, bytes, 0, lengthBytes, offsetBytes) !== lengthBytes)
        throw new Error('Internal error: the file ends within its file system');
      return bytes;
    },
    write(offsetBytes, bytes) {
      let done = 0;
      while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, offsetBytes + done);
    },
  };
}
