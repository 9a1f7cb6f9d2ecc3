import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import type { Ports } from '../model/ports.js';

/** What is attached. */
export interface AttachRequest {
  readonly filePath: string;
  readonly sectorSizeBytes: 512 | 4096;
  /** A part of the file; absent: all of it, and its partitions become devices too where the kernel knows them. */
  readonly region?: { readonly offsetBytes: number; readonly sizeBytes: number };
  readonly isReadOnly?: boolean;
}

/** A loop device that the kernel releases when this process and all mounts of it are gone. */
export interface AttachedImage {
  /** `/dev/loopN`. */
  readonly device: string;
  /** Gives the device up and waits until the kernel has detached it. Once only. */
  detach(): Promise<void>;
}

/** How often another process may take the device that was free a moment ago. */
const maximumTries = 20;

/**
 * Attaches a file to a free loop device.
 *
 * The device is opened first, then bound and marked for release on last close (`losetup -d` of a device in use sets
 * `LO_FLAGS_AUTOCLEAR`), so that nobody has to detach it: not after a failure, not after SIGKILL.
 *
 * @throws BuildError `COMMAND_FAILED` when the kernel refuses, `SANDBOX_UNAVAILABLE` without loop devices
 */
export async function attachImage(request: AttachRequest, ports: Ports): Promise<AttachedImage> {
  for (let tries = 1; ; tries += 1) {
    const { stdout } = await ports.programs.require({ program: 'losetup', arguments: ['--find'] });
    const device = stdout.trim();
    const descriptor = openDevice(device);
    try {
      const { exitStatus, stderr } = await ports.programs.run({
        program: 'bash',
        arguments: ['-c', bindAndMark, 'bind', device, ...losetupArguments(request, device)],
        source: 'losetup',
      });
      if (exitStatus === 0) return openHandle(device, descriptor);
      if (tries >= maximumTries || !(await isBusy(device, request)))
        throw new BuildError({
          code: 'COMMAND_FAILED',
          message: `cannot attach ${request.filePath} to ${device}: ${stderr.trim()}`,
          hint: 'loop mode needs root and loop devices; without them: DIB_DISK_MODE=files',
        });
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    closeSync(descriptor);
  }
}

/** One program, so that the moment between binding and marking is short. */
const bindAndMark = 'device=$1; shift; losetup "$@" && losetup --detach "$device"';

/** The words of losetup that bind a file to a device. */
export function losetupArguments(request: AttachRequest, device: string): readonly string[] {
  const { filePath, sectorSizeBytes, region, isReadOnly = false } = request;
  return [
    ...(isReadOnly ? ['--read-only'] : []),
    // The flag also makes the kernel forget the partitions when it detaches the device.
    ...(region === undefined
      ? ['--partscan']
      : ['--offset', String(region.offsetBytes), '--sizelimit', String(region.sizeBytes)]),
    ...(sectorSizeBytes === 512 ? [] : ['--sector-size', String(sectorSizeBytes)]),
    '--',
    device,
    filePath,
  ];
}

function openDevice(device: string): number {
  try {
    return openSync(device, 'r+');
  } catch (error) {
    throw new BuildError({
      code: 'SANDBOX_UNAVAILABLE',
      message: `the loop device ${device === '' ? '(none is free)' : device} cannot be opened: ${(error as Error).message}`,
      hint: 'loop mode needs root and loop devices; without them: DIB_DISK_MODE=files',
      cause: error,
    });
  }
}

function openHandle(device: string, descriptor: number): AttachedImage {
  return {
    device,
    async detach() {
      closeSync(descriptor);
      await waitUntilFree(device);
    },
  };
}

async function isBusy(device: string, request: AttachRequest): Promise<boolean> {
  const backingFile = await backingFileOf(device);
  return backingFile !== undefined && backingFile !== request.filePath;
}

/** Waits until the kernel has detached a loop device, a moment after the last close. @throws BuildError `COMMAND_FAILED` when it stays in use */
export async function waitUntilFree(device: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 20) {
    if ((await backingFileOf(device)) === undefined) return;
    await sleep(20);
  }
  throw new BuildError({
    code: 'COMMAND_FAILED',
    message: `${device} is still in use: something has it open or mounted`,
    hint: `see: losetup ${device}; fuser -v ${device}`,
  });
}

/** The file behind a loop device, undefined for a free one. @see Linux `Documentation/ABI/testing/sysfs-block-loop` */
export async function backingFileOf(device: string): Promise<string | undefined> {
  const name = device.replace(/^\/dev\//, '');
  try {
    return (await readFile(`/sys/block/${name}/loop/backing_file`, 'utf8'))
      .replace(/\n$/, '')
      .replace(/ \(deleted\)$/, '');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENXIO')) return undefined;
    throw error;
  }
}
