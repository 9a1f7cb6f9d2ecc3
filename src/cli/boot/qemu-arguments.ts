import type { FirmwarePlace } from './firmware-table.js';

/** The machine that an image is booted in. */
export interface BootMachine {
  readonly processor: 'x86_64' | 'aarch64';
  readonly imagePath: string;
  /** As qemu-img calls it. */
  readonly imageFormat: string;
  /** Writes go to the image; otherwise they are forgotten at the end. */
  readonly isWritten: boolean;
  /** Absent: BIOS. `variablesPath` is written to. */
  readonly firmware?: FirmwarePlace;
  readonly isKvm: boolean;
  readonly memoryMib: number;
  readonly cpuCount: number;
  readonly forwardedPorts: readonly { readonly hostPort: number; readonly guestPort: number }[];
}

/** The name of QEMU's program for a processor. */
export function qemuProgramFor(processor: BootMachine['processor']): string {
  return `qemu-system-${processor}`;
}

/** Arguments of QEMU: virtio disk, network and random numbers, the serial console on standard input and output. */
export function qemuArguments(machine: BootMachine): readonly string[] {
  const forwards = machine.forwardedPorts.map(
    ({ hostPort, guestPort }) => `,hostfwd=tcp:127.0.0.1:${hostPort}-:${guestPort}`,
  );
  return [
    '-machine',
    machine.processor === 'x86_64' ? 'q35' : 'virt',
    ...(machine.isKvm ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg', '-cpu', 'max']),
    '-m',
    String(machine.memoryMib),
    '-smp',
    String(machine.cpuCount),
    ...firmwareArguments(machine.firmware),
    '-drive',
    `file=${escapeCommas(machine.imagePath)},format=${machine.imageFormat},if=virtio,snapshot=${machine.isWritten ? 'off' : 'on'}`,
    '-nic',
    `user,model=virtio-net-pci${forwards.join('')}`,
    '-device',
    'virtio-rng-pci',
    '-nographic',
  ];
}

function firmwareArguments(firmware: FirmwarePlace | undefined): readonly string[] {
  if (firmware === undefined) return [];
  return [
    '-drive',
    `if=pflash,unit=0,format=raw,readonly=on,file=${escapeCommas(firmware.codePath)}`,
    '-drive',
    `if=pflash,unit=1,format=raw,file=${escapeCommas(firmware.variablesPath)}`,
  ];
}

/** QEMU splits option lists at commas and reads two as one. */
function escapeCommas(path: string): string {
  return path.replaceAll(',', ',,');
}
