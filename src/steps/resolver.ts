import { lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hasErrorCode } from '../base/build-error.js';

/** Used where the host has no configuration, as the original does. */
const fallbackResolver = 'nameserver 8.8.8.8\n';

/**
 * Moves the tree's `etc/resolv.conf`, a file or a link, aside to `.ORIG` and puts the host's content in its place.
 * `.ORIG` is an interface: hooks may make or change it to say what the image will have.
 */
export async function replaceResolver(treeDirectory: string): Promise<void> {
  const path = `${treeDirectory}/etc/resolv.conf`;
  if (await isThere(path)) await rename(path, `${path}.ORIG`);
  await writeFile(path, await hostResolver(), { mode: 0o644 });
}

/**
 * Ends the swap. A link that a hook has made since, or a file that it made immutable, stays, and `.ORIG` goes;
 * otherwise `.ORIG` comes back, and without one the image has no `etc/resolv.conf`.
 */
export async function restoreResolver(
  treeDirectory: string,
  isImmutable: (path: string) => Promise<boolean>,
): Promise<void> {
  const path = `${treeDirectory}/etc/resolv.conf`;
  const status = await lstat(path).catch(ignoreMissing);
  if (status !== undefined && (status.isSymbolicLink() || (await isImmutable(path)))) {
    await rm(`${path}.ORIG`, { force: true });
    return;
  }
  await rm(path, { force: true });
  if (await isThere(`${path}.ORIG`)) await rename(`${path}.ORIG`, path);
}

async function hostResolver(): Promise<string> {
  return (await readFile('/etc/resolv.conf', 'utf8').catch(ignoreMissing)) ?? fallbackResolver;
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(ignoreMissing)) !== undefined;
}

function ignoreMissing(error: unknown): undefined {
  if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
  throw error;
}
