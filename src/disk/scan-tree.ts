import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

/** What lstat says, without what nobody asks for: the objects of Node take a kilobyte each. */
export interface NodeStatus {
  readonly kind: 'file' | 'directory' | 'link' | 'character-device' | 'block-device' | 'fifo' | 'socket';
  readonly mode: number;
  readonly userId: number;
  readonly groupId: number;
  readonly sizeBytes: number;
  readonly allocatedBytes: number;
  /** Of devices; as stat(2) gives it. */
  readonly device: bigint;
  readonly accessNs: bigint;
  readonly modificationNs: bigint;
  readonly changeNs: bigint;
}

/** A file, directory or other thing of a tree, once for all its names. */
export interface TreeNode {
  /** The first of its names, as bytes of an absolute path. */
  readonly path: Buffer;
  readonly status: NodeStatus;
  /** For directories: what they hold, sorted by the bytes of the names. */
  readonly children: readonly TreeName[];
  /** For directories 2 and one for each directory inside; otherwise the number of names in the tree. */
  linkCount: number;
}

/** One name in a directory. */
export interface TreeName {
  readonly name: Buffer;
  readonly node: TreeNode;
}

const slash = Buffer.from('/');

/**
 * Reads a whole tree: names and what lstat says, no contents. Mount points below are taken as they are.
 *
 * The calls are synchronous, which is twice as fast here (90 ms for 30 000 files against 170 ms), with a pause after
 * each directory.
 *
 * @returns the root first, then everything in the order of a walk: each directory before what it holds
 */
export async function scanTree(treeDirectory: string): Promise<readonly TreeNode[]> {
  const nodes: TreeNode[] = [];
  const linked = new Map<string, TreeNode>();
  const visit = async (path: Buffer, stats: BigIntStats): Promise<TreeNode> => {
    const children: TreeName[] = [];
    const status = statusOf(stats);
    const node: TreeNode = { path, status, children, linkCount: status.kind === 'directory' ? 2 : 1 };
    nodes.push(node);
    if (status.kind !== 'directory') return node;
    await setImmediate();
    const names = readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare);
    for (const name of names) {
      const childPath = Buffer.concat([path, slash, name]);
      const childStatus = lstatSync(childPath, { bigint: true });
      const identity = `${childStatus.dev}:${childStatus.ino}`;
      const known = childStatus.nlink > 1n && !childStatus.isDirectory() ? linked.get(identity) : undefined;
      if (known !== undefined) known.linkCount += 1;
      const child = known ?? (await visit(childPath, childStatus));
      if (child.status.kind === 'directory') node.linkCount += 1;
      else if (childStatus.nlink > 1n) linked.set(identity, child);
      children.push({ name, node: child });
    }
    return node;
  };
  const root = Buffer.from(treeDirectory);
  await visit(root, lstatSync(root, { bigint: true }));
  return nodes;
}

function statusOf(stats: BigIntStats): NodeStatus {
  return {
    kind: kindOf(stats),
    mode: Number(stats.mode),
    userId: Number(stats.uid),
    groupId: Number(stats.gid),
    sizeBytes: Number(stats.size),
    allocatedBytes: Number(stats.blocks) * 512,
    device: stats.rdev,
    accessNs: stats.atimeNs,
    modificationNs: stats.mtimeNs,
    changeNs: stats.ctimeNs,
  };
}

function kindOf(stats: BigIntStats): NodeStatus['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isCharacterDevice()) return 'character-device';
  if (stats.isBlockDevice()) return 'block-device';
  return stats.isFIFO() ? 'fifo' : 'socket';
}
