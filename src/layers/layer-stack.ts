import { appendFile, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { hasErrorCode } from '../base/build-error.js';
import { digestOfFields } from '../base/digest.js';
import type { Programs } from '../model/ports.js';
import type { Layer } from './layer-record.js';
import { type LayerStore, removeTree, storeFull } from './layer-store.js';
import type { LayeredTree } from './layered-tree.js';
import type { Lease } from './lease-layers.js';
import { changesNothing, removePlainDirectories } from './plain-directories.js';

/** The layers of a tree, the changes on top of them, and what all layers together come to. */
export interface LayerStack {
  /** Bottom first. */
  layers(): readonly Layer[];
  depth(): number;
  /** Digest of the layers: the same for the same content, whatever the times in it. Undefined when not known. */
  digest(): string | undefined;
  /** The tree has changed in a way that nobody saw: the digest is not known from now on. */
  forgetDigest(): void;
  /** Moves the digest on by a layer that {@link LayerStack.add} laid on top; layers are added all at once. */
  advance(layer: Pick<Layer, 'contentDigest'> | undefined): void;
  /** Whether something has changed since the last layer. */
  isDirty(): Promise<boolean>;
  /** Makes a layer of what has changed, if anything has; `busy` when the tree is in use and stays as it is. */
  seal(): Promise<Layer | undefined | 'busy'>;
  /** Lays layers of the store on top; false when the tree is in use and stays as it is. */
  add(layers: readonly Layer[]): Promise<boolean>;
  /** The directory of the changes, for someone who takes it away with all that is in it. */
  changes(): string;
  /** Takes the tree away. */
  close(): Promise<void>;
}

/** What {@link openLayerStack} needs. */
export interface LayerStackOptions {
  readonly store: LayerStore;
  readonly tree: LayeredTree;
  readonly lease: Lease;
  readonly programs: Programs;
}

/** The digest of a tree with one more layer on top, or with none. */
export function digestAfter(
  digest: string | undefined,
  layer: Pick<Layer, 'contentDigest'> | undefined,
): string | undefined {
  if (digest === undefined || layer === undefined) return digest;
  return digestOfFields([digest, layer.contentDigest]);
}

/** The host's resolver configuration, which the engine puts there: hooks do not depend on it. */
const resolverPath = 'etc/resolv.conf';

/** Opens the stack: the tree becomes an overlay at once, with nothing in it. */
export async function openLayerStack(options: LayerStackOptions): Promise<LayerStack> {
  const { store, tree, lease } = options;
  const hostResolver = await readFile('/etc/resolv.conf', 'utf8').catch(() => '');
  const stack: Layer[] = [];
  let digest: string | undefined = digestOfFields(['empty tree']);
  let partial = await newPartial();
  await tree.mount([], partial, false);

  /** In the lease's own directory: a kill at any moment leaves nothing that belongs to nobody. */
  function newPartial(): Promise<string> {
    return mkdtemp(`${lease.directory}/`);
  }

  function trees(): readonly string[] {
    return stack.map((layer) => store.treeOf(layer.id));
  }

  async function remount(): Promise<void> {
    const old = partial;
    partial = await newPartial();
    await tree.mount(trees(), partial, stack.at(-1)?.hasRootAttributes ?? false);
    await removeTree(old);
  }

  async function publish(): Promise<Layer> {
    const text = await readFile(`${partial}/upper/${resolverPath}`, 'utf8').catch(() => undefined);
    const layer = await store.publish(partial, {
      taken: stack.map((below) => below.id),
      ...(text !== undefined && text === hostResolver ? { volatilePath: resolverPath } : {}),
    });
    await appendFile(lease.path, `layer ${layer.id}\n`);
    return layer;
  }

  return {
    layers: () => stack,
    depth: () => stack.length,
    digest: () => digest,
    forgetDigest: () => {
      digest = undefined;
    },
    advance: (layer) => {
      digest = digestAfter(digest, layer);
    },
    isDirty: async () => (await tree.hasChanges()) && !(await changesNothing(tree.upper(), trees(), options.programs)),
    async seal() {
      if (!(await tree.hasChanges())) return undefined;
      if (await changesNothing(tree.upper(), trees(), options.programs)) {
        // Copies of directories would come into the next layer, and make it another one than after a reused hook.
        if ((await readdir(tree.upper())).length > 0 && (await tree.release())) await remount();
        return undefined;
      }
      if (!(await tree.release())) return 'busy';
      try {
        await removePlainDirectories(tree.upper(), trees(), options.programs);
        const layer = await publish();
        stack.push(layer);
        digest = digestAfter(digest, layer);
        await remount();
        return layer;
      } catch (error) {
        if (hasErrorCode(error, 'ENOSPC') || hasErrorCode(error, 'EDQUOT')) throw storeFull(store.directory, error);
        throw error;
      }
    },
    async add(layers) {
      if (layers.length === 0) return true;
      if (!(await tree.release())) return false;
      stack.push(...layers);
      await remount();
      return true;
    },
    changes: () => partial,
    async close() {
      if (await tree.release()) await removeTree(partial);
    },
  };
}
