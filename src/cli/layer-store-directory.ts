import { layerStoreOf } from '../build/layer-store-of.js';
import { absolutePath } from '../request/absolute-path.js';
import type { World } from './world.js';

/** Where the layers of this caller lie, below `DIB_IMAGE_CACHE`: those of root and of each user apart. */
export function layerStoreDirectory(
  world: Pick<World, 'environment' | 'workingDirectory' | 'homeDirectory' | 'userId'>,
): string {
  const cache = absolutePath(world.environment.DIB_IMAGE_CACHE || '~/.cache/image-create', world);
  return layerStoreOf(cache, world.userId);
}
