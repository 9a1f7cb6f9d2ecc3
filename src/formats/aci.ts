import { basename, dirname } from 'node:path';
import type { Ports } from '../model/ports.js';
import { posixArguments, type TarOptions, tarCommand, timeArguments } from './tar.js';

/** What an App Container image is made of. */
export interface AciOptions extends TarOptions {
  readonly archivePath: string;
  /** `ACI_MANIFEST`; an image without one is written with a warning. */
  readonly manifestPath?: string;
}

/** Writes an App Container image: the tree below `rootfs`, then the file `manifest` (App Container spec 0.8, "image layout"). */
export async function writeAci(options: AciOptions, ports: Ports): Promise<void> {
  await ports.programs.require(tarCommand({ ...options, memberRoot: 'rootfs' }));
  if (options.manifestPath === undefined) {
    ports.emit({
      kind: 'message',
      level: 'warning',
      text: 'the aci image has no manifest: name one with ACI_MANIFEST',
    });
    return;
  }
  await ports.programs.require({
    program: 'tar',
    arguments: [
      '--append',
      `--file=${options.archivePath}`,
      ...posixArguments,
      ...timeArguments(options.sourceDateEpochSeconds),
      ...['--owner=0', '--group=0', '--mode=0644', '--transform=s,^.*$,manifest,'],
      `--directory=${dirname(options.manifestPath)}`,
      `./${basename(options.manifestPath)}`,
    ],
  });
}
