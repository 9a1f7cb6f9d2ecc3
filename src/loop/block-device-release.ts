import type { Ports } from '../model/ports.js';
import { backingFileOf, waitUntilFree } from './attach-image.js';
import type { MadeThing } from './block-device-files.js';
import { releaseMount } from './release-mount.js';

/** Releases one thing that `create` made; nothing when it is released already. Image files stay. */
export async function releaseThing(thing: MadeThing, ports: Ports): Promise<void> {
  switch (thing.kind) {
    case 'image':
      return;
    case 'mount':
      return releaseMount({ mountPoint: thing.path, isTrimmed: thing.type !== 'vfat' }, ports);
    case 'loop': {
      // Another program may have got the device meanwhile.
      if ((await backingFileOf(thing.device)) !== thing.path) return;
      await ports.programs.require({ program: 'losetup', arguments: ['--detach', thing.device] });
      return waitUntilFree(thing.device);
    }
  }
}
