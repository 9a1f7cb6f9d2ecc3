import { BuildError, throwFaults } from '../../base/build-error.js';
import type { CommandLine } from '../parse-command-line.js';
import type { BootMachine } from './qemu-arguments.js';

/** What the flags of `dib boot` say. */
export interface BootOptions {
  readonly processor: BootMachine['processor'];
  readonly memoryMib: number;
  readonly cpuCount: number;
  readonly isUefi: boolean;
  readonly isWritten: boolean;
  /** As qemu-img reads sizes: `10G`. */
  readonly diskSize?: string;
  readonly forwardedPorts: BootMachine['forwardedPorts'];
}

/**
 * Checks the flags of `dib boot`.
 *
 * @param machine what the kernel calls this machine's processor, the default
 * @throws BuildError or BuildErrors `USAGE`
 */
export function readBootOptions(line: CommandLine, machine: string): BootOptions {
  const faults: BuildError[] = [];
  const refuse = (message: string): void => {
    faults.push(new BuildError({ code: 'USAGE', message }));
  };
  const count = (option: string, flag: string, fallback: number): number => {
    const text = line.value(option);
    if (text === undefined) return fallback;
    if (!/^[1-9]\d{0,6}$/.test(text)) refuse(`${flag} is "${text}"; expected a whole number of at least 1`);
    return Number(text);
  };
  const diskSize = line.value('diskSize');
  if (diskSize !== undefined && !/^\d+(\.\d+)?[KMGT]?$/.test(diskSize))
    refuse(`--disk-size is "${diskSize}"; expected a size such as 10G`);
  const architecture = line.value('architecture') ?? machine;
  const processor = processorOf(architecture);
  if (processor === undefined) refuse(`images for "${architecture}" cannot be booted; expected amd64 or arm64`);
  const options: BootOptions = {
    processor: processor ?? 'x86_64',
    memoryMib: count('memory', '--memory', 1024),
    cpuCount: count('cpus', '--cpus', 2),
    isUefi: line.has('uefi') || processor === 'aarch64',
    isWritten: line.has('write'),
    ...(diskSize === undefined ? {} : { diskSize }),
    forwardedPorts: line.values('port').flatMap((text) => {
      const [, hostPort, guestPort] = /^(\d{1,5}):(\d{1,5})$/.exec(text) ?? [];
      const ports = { hostPort: Number(hostPort), guestPort: Number(guestPort) };
      if (isPort(ports.hostPort) && isPort(ports.guestPort)) return [ports];
      refuse(`--port is "${text}"; expected HOST:GUEST, for example 2222:22`);
      return [];
    }),
  };
  throwFaults(faults);
  return options;
}

function processorOf(architecture: string): BootMachine['processor'] | undefined {
  if (['amd64', 'x86_64', 'i386', 'i686'].includes(architecture)) return 'x86_64';
  return ['arm64', 'aarch64'].includes(architecture) ? 'aarch64' : undefined;
}

function isPort(number: number): boolean {
  return number >= 1 && number <= 65_535;
}
