import { link, lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hasErrorCode } from '../base/build-error.js';
import type { Ports } from '../model/ports.js';
import { type DigestKind, formatDigestLine, readDigest } from './digest-file.js';
import { openDraft } from './draft.js';

const digestKinds: readonly DigestKind[] = ['md5', 'sha256'];

/** What {@link keepOldImage} keeps. */
export interface OldImage {
  /** Absolute path of the artifact without dot and extension. */
  readonly imagePath: string;
  readonly extension: string;
  /** The artifact's path without extension as the caller wrote it: what checksum files name. */
  readonly imageName: string;
  readonly nowMs: number;
}

/**
 * Gives an existing artifact a second name, `<imagePath>-YYYY.mm.dd-HH.MM.SS.<extension>` in local time; its checksum
 * files move along and name it by its new name.
 *
 * The artifact stays at its path until the next one replaces it. Without an artifact nothing happens.
 *
 * @returns the path it is kept at, or undefined when there was none
 */
export async function keepOldImage(old: OldImage, ports: Ports): Promise<string | undefined> {
  const path = `${old.imagePath}.${old.extension}`;
  if (!(await exists(path))) return undefined;
  const suffix = await freeSuffix(old, formatLocalTime(old.nowMs));
  const keptPath = `${old.imagePath}${suffix}`;
  await addName(path, keptPath);
  for (const kind of digestKinds) {
    const digest = await readDigestFile(`${path}.${kind}`);
    if (digest === undefined) continue;
    await writeFileWhole(`${keptPath}.${kind}`, formatDigestLine(digest, `${old.imageName}${suffix}`), ports);
    await rm(`${path}.${kind}`);
  }
  return keptPath;
}

/** Writes a small file so that it is there whole or not at all. */
export async function writeFileWhole(path: string, text: string, ports: Ports): Promise<void> {
  const draft = await openDraft(path, ports);
  try {
    await writeFile(draft.path, text);
    await draft.publish(path);
  } finally {
    await draft.discard();
  }
}

/** `YYYY.mm.dd-HH.MM.SS` in local time. */
export function formatLocalTime(atMs: number): string {
  const time = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}.${two(time.getMonth() + 1)}.${two(time.getDate())}`;
  return `${day}-${two(time.getHours())}.${two(time.getMinutes())}.${two(time.getSeconds())}`;
}

/** Two images kept in one second must not replace each other. */
async function freeSuffix(old: OldImage, time: string): Promise<string> {
  for (let count = 1; ; count += 1) {
    const suffix = `-${time}${count === 1 ? '' : `-${count}`}.${old.extension}`;
    if (!(await exists(`${old.imagePath}${suffix}`))) return suffix;
  }
}

/** A second link keeps the image at its path all the time; file systems without links get a rename. */
async function addName(path: string, keptPath: string): Promise<void> {
  try {
    await link(path, keptPath);
  } catch (error) {
    if (!['EPERM', 'EOPNOTSUPP', 'ENOTSUP', 'EMLINK', 'ENOSYS'].some((code) => hasErrorCode(error, code))) throw error;
    await rename(path, keptPath);
  }
}

async function readDigestFile(path: string): Promise<string | undefined> {
  try {
    return readDigest(await readFile(path, 'utf8'));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}
