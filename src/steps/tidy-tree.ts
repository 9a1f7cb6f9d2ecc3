import { constants as fileConstants } from 'node:fs';
import { lstat, open, readdir, readFile, rm } from 'node:fs/promises';
import { hasErrorCode } from '../base/build-error.js';
import type { StepContext } from '../model/step-context.js';
import { restoreResolver } from './resolver.js';

/** Where the grub-install stand-in records what it was asked, see assets/target/README.md. */
const bootRecordPaths = ['boot/grub/.dib-grub-install', 'boot/grub2/.dib-grub-install'];

/**
 * The tidying after the cleanup phase: resolver back, nothing mounted, `tmp` empty, logs empty, no `*.log` below
 * root's home, and no device node in `dev`.
 */
export async function tidyTree(context: StepContext): Promise<void> {
  const { treeDirectory } = context.workspace;
  const { programs, target } = context.ports;
  await restoreResolver(treeDirectory, async (path) => {
    if (programs.find('lsattr') === undefined) return false;
    const { stdout, exitStatus } = await programs.run({ program: 'lsattr', arguments: ['-d', '--', path] });
    return exitStatus === 0 && stdout.charAt(4) === 'i';
  });
  await target.unmountAll();
  context.state.bootRecords = await takeBootRecords(treeDirectory);
  await emptyDirectory(`${treeDirectory}/tmp`);
  await emptyDirectory(`${treeDirectory}/dev`);
  await truncateFiles(`${treeDirectory}/var/log`);
  await removeLogs(`${treeDirectory}/root`);
}

async function takeBootRecords(treeDirectory: string): Promise<readonly string[]> {
  const records: string[] = [];
  for (const path of bootRecordPaths.map((name) => `${treeDirectory}/${name}`)) {
    const text = (await readFile(path, 'utf8').catch(ignoreMissing)) ?? '';
    await rm(path, { force: true });
    records.push(...text.split('\n').filter((line) => line !== ''));
  }
  return records;
}

async function emptyDirectory(directory: string): Promise<void> {
  for (const name of await namesIn(directory)) await rm(`${directory}/${name}`, { recursive: true, force: true });
}

async function truncateFiles(directory: string): Promise<void> {
  await eachFileBelow(directory, async (path) => {
    const file = await open(path, fileConstants.O_WRONLY | fileConstants.O_NOFOLLOW);
    try {
      await file.truncate(0);
    } finally {
      await file.close();
    }
  });
}

async function removeLogs(directory: string): Promise<void> {
  await eachFileBelow(directory, async (path) => {
    if (path.endsWith('.log')) await rm(path);
  });
}

/** Regular files at any depth; links are not followed. */
async function eachFileBelow(directory: string, work: (path: string) => Promise<void>): Promise<void> {
  for (const name of await namesIn(directory)) {
    const path = `${directory}/${name}`;
    const status = await lstat(path);
    if (status.isDirectory()) await eachFileBelow(path, work);
    else if (status.isFile()) await work(path);
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  const status = await lstat(directory).catch(ignoreMissing);
  return status?.isDirectory() ? await readdir(directory) : [];
}

function ignoreMissing(error: unknown): undefined {
  if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
  throw error;
}
