import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuildError } from '../base/build-error.js';
import type { Ports } from '../model/ports.js';

/** What is unmounted. */
export interface ReleaseMountRequest {
  readonly mountPoint: string;
  /** Whether what the file system does not use is given back to the image file first, as far as it can. */
  readonly isTrimmed: boolean;
}

const tries = 5;

/**
 * Writes a file system out, trims it where it can be trimmed, and unmounts it. Nothing when nothing is mounted there.
 *
 * @throws BuildError `COMMAND_FAILED` when it stays busy, with the processes that hold it
 */
export async function releaseMount({ mountPoint, isTrimmed }: ReleaseMountRequest, ports: Ports): Promise<void> {
  if (!(await isMountPoint(mountPoint))) return;
  // Only this file system; a global sync waits for everything else on the machine.
  await ports.programs.run({ program: 'sync', arguments: ['--file-system', mountPoint] });
  if (isTrimmed && ports.programs.find('fstrim') !== undefined)
    await ports.programs.run({ program: 'fstrim', arguments: [mountPoint] });
  for (let left = tries - 1; ; left -= 1) {
    const { exitStatus, stderr } = await ports.programs.run({ program: 'umount', arguments: ['--', mountPoint] });
    if (exitStatus === 0 || !(await isMountPoint(mountPoint))) return;
    if (left === 0) throw await busyFault(mountPoint, stderr.trim());
    await sleep(200);
  }
}

/** Whether something is mounted at exactly this directory. @see proc(5), `mountinfo` */
export async function isMountPoint(directory: string): Promise<boolean> {
  const text = await readFile('/proc/self/mountinfo', 'utf8');
  return text.split('\n').some((line) => unescapeOctal(line.split(' ')[4] ?? '') === directory);
}

async function busyFault(mountPoint: string, said: string): Promise<BuildError> {
  const holders = await findHolders(mountPoint);
  return new BuildError({
    code: 'COMMAND_FAILED',
    message: [
      `${mountPoint} cannot be unmounted: ${said}`,
      ...holders.map(({ pid, name, path }) => `  process ${pid} (${name}) uses ${path}`),
    ].join('\n'),
    hint: 'a hook has left something running or mounted',
  });
}

/** Processes that have a directory or a file below a mount point open, as far as they can be seen. */
export async function findHolders(
  mountPoint: string,
): Promise<readonly { readonly pid: number; readonly name: string; readonly path: string }[]> {
  const found: { pid: number; name: string; path: string }[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = ['cwd', 'root', 'exe', ...files.map((file) => `fd/${file}`)];
    // A process may end at any moment; what is gone holds nothing.
    const paths = await Promise.all(links.map((link) => readlink(`/proc/${pid}/${link}`).catch(() => '')));
    const path = paths.find((candidate) => candidate === mountPoint || candidate.startsWith(`${mountPoint}/`));
    if (path === undefined) continue;
    const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
    found.push({ pid: Number(pid), name, path });
  }
  return found;
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
