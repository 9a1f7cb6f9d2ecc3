import { constants } from 'node:fs';
import { access, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { BuildError, throwFaults } from '../../base/build-error.js';
import { type Scope, withScope } from '../../base/scope.js';
import type { Programs } from '../../model/ports.js';
import { absolutePath } from '../../request/absolute-path.js';
import { type BootOptions, readBootOptions } from '../boot/boot-options.js';
import { type FirmwarePlace, firmwareTable } from '../boot/firmware-table.js';
import { findImageFormat } from '../boot/image-format.js';
import { probeKvm } from '../boot/probe-kvm.js';
import { qemuArguments, qemuProgramFor } from '../boot/qemu-arguments.js';
import type { Invocation } from '../command-row.js';
import { parseCommandLine } from '../parse-command-line.js';
import { quoteForShell } from '../quote-for-shell.js';
import { showHelp } from '../show-help.js';
import type { World } from '../world.js';

/** `dib boot IMAGE`: boots the image with QEMU, its serial console in this terminal. @returns QEMU's exit status */
export async function runBoot(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 1, maximum: 1 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const options = readBootOptions(line, world.machine);
  const imagePath = absolutePath(line.operands[0] ?? '', world);
  const { programs } = await world.openPorts();
  await checkMachine({ imagePath, options, programs });
  return withScope((scope) => boot({ imagePath, options, programs, scope, world, isDryRun: line.has('dryRun') }));
}

interface Boot {
  readonly imagePath: string;
  readonly options: BootOptions;
  readonly programs: Programs;
  readonly scope: Scope;
  readonly world: World;
  readonly isDryRun: boolean;
}

/** Everything that is missing, together. */
async function checkMachine({
  imagePath,
  options,
  programs,
}: Pick<Boot, 'imagePath' | 'options' | 'programs'>): Promise<void> {
  const faults: BuildError[] = [];
  if (!(await isAccessible(imagePath, options.isWritten ? constants.R_OK | constants.W_OK : constants.R_OK)))
    faults.push(
      new BuildError({
        code: 'FILE_UNREADABLE',
        message: `${imagePath} cannot be ${options.isWritten ? 'written' : 'read'}, or is not there`,
      }),
    );
  const packages = new Map([
    [qemuProgramFor(options.processor), options.processor === 'x86_64' ? 'qemu-system-x86' : 'qemu-system-arm'],
    ...(options.diskSize === undefined ? [] : [['qemu-img', 'qemu-utils'] as const]),
  ]);
  const missing = [...packages.keys()].filter((program) => programs.find(program) === undefined);
  if (missing.length > 0)
    faults.push(
      new BuildError({
        code: 'PROGRAM_MISSING',
        message: `missing on this machine: ${missing.join(', ')}`,
        hint: `apt-get install ${missing.map((program) => packages.get(program)).join(' ')}`,
      }),
    );
  if (options.isUefi && (await findFirmware(options)) === undefined)
    faults.push(
      new BuildError({
        code: 'PROGRAM_MISSING',
        message: 'UEFI firmware for virtual machines is missing on this machine',
        hint: `apt-get install ${firmwareTable[options.processor].package}`,
      }),
    );
  throwFaults(faults);
}

async function boot({ imagePath, options, programs, scope, world, isDryRun }: Boot): Promise<number> {
  const directory = await mkdtemp(`${world.environment.TMPDIR || tmpdir()}/dib-boot-`);
  scope.onClose(directory, () => rm(directory, { recursive: true }));
  const imageFormat = await findImageFormat(imagePath, programs);
  const resize = resizeCommand({ imagePath, imageFormat, options, directory });
  const firmware = options.isUefi ? await prepareFirmware(options, directory) : undefined;
  const isKvm =
    (await isAccessible('/dev/kvm', constants.R_OK | constants.W_OK)) &&
    (await probeKvm({ processor: options.processor, machine: world.machine, directory, programs }));
  const program = qemuProgramFor(options.processor);
  const words = qemuArguments({
    ...options,
    imagePath: resize?.imagePath ?? imagePath,
    imageFormat: resize?.imageFormat ?? imageFormat,
    ...(firmware === undefined ? {} : { firmware }),
    isKvm,
  });
  if (isDryRun) {
    const commands = [...(resize === undefined ? [] : [['qemu-img', ...resize.arguments]]), [program, ...words]];
    for (const command of commands) world.writeOut(`${command.map(quoteForShell).join(' ')}\n`);
    return 0;
  }
  if (resize !== undefined) await programs.require({ program: 'qemu-img', arguments: resize.arguments });
  world.writeError(
    `booting ${imagePath} (${options.isUefi ? 'UEFI' : 'BIOS'}, ${isKvm ? 'KVM' : 'emulated, no KVM'}, ` +
      `changes are ${options.isWritten ? 'written' : 'forgotten'}); leave with Ctrl-A X\n`,
  );
  const stop = new AbortController();
  world.onStopSignal(() => stop.abort());
  const { TERM } = world.environment;
  const { exitStatus } = await programs.run({
    program,
    arguments: words,
    ...(TERM === undefined ? {} : { environment: { TERM } }),
    workingDirectory: world.workingDirectory,
    isInteractive: true,
    signal: stop.signal,
  });
  return exitStatus;
}

/** How the disk grows: the image itself where it is written, otherwise a thin file on top of it. */
function resizeCommand(details: {
  readonly imagePath: string;
  readonly imageFormat: string;
  readonly options: BootOptions;
  readonly directory: string;
}): { readonly arguments: readonly string[]; readonly imagePath: string; readonly imageFormat: string } | undefined {
  const { imagePath, imageFormat, options, directory } = details;
  if (options.diskSize === undefined) return undefined;
  if (options.isWritten)
    return { arguments: ['resize', '-f', imageFormat, imagePath, options.diskSize], imagePath, imageFormat };
  const overlayPath = `${directory}/disk.qcow2`;
  return {
    arguments: ['create', '-q', '-f', 'qcow2', '-b', imagePath, '-F', imageFormat, overlayPath, options.diskSize],
    imagePath: overlayPath,
    imageFormat: 'qcow2',
  };
}

/** Copies the variable store, since the guest writes to it. */
async function prepareFirmware(options: BootOptions, directory: string): Promise<FirmwarePlace | undefined> {
  const place = await findFirmware(options);
  if (place === undefined) return undefined;
  const variablesPath = `${directory}/uefi-variables.fd`;
  await copyFile(place.variablesPath, variablesPath);
  return { codePath: place.codePath, variablesPath };
}

async function findFirmware(options: BootOptions): Promise<FirmwarePlace | undefined> {
  for (const place of firmwareTable[options.processor].places) {
    if (
      (await isAccessible(place.codePath, constants.R_OK)) &&
      (await isAccessible(place.variablesPath, constants.R_OK))
    )
      return place;
  }
  return undefined;
}

async function isAccessible(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
