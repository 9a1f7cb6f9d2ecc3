import { writeFile } from 'node:fs/promises';
import type { Programs } from '../../model/ports.js';
import { qemuProgramFor } from './qemu-arguments.js';

/** What the guest writes to the debug-exit device. */
const answer = 0x10;

/** QEMU's exit status after that: twice the value, plus one (QEMU `hw/misc/debugexit.c`). */
export const probePassedStatus = answer * 2 + 1;

/**
 * Whether KVM really runs guests here: it can be there and still fail, for example in a container or when nested.
 *
 * On x86 a boot sector of a few instructions is run, which ends the machine with a known status; elsewhere it has to
 * do that a machine starts.
 *
 * @param options.directory where the boot sector is put; the caller removes it
 */
export async function probeKvm(options: {
  readonly processor: 'x86_64' | 'aarch64';
  /** What the kernel calls this machine's processor. */
  readonly machine: string;
  readonly directory: string;
  readonly programs: Programs;
  readonly timeoutMs?: number;
}): Promise<boolean> {
  const { processor, directory, programs, timeoutMs = 5000 } = options;
  if (options.machine !== processor) return false;
  const program = qemuProgramFor(processor);
  if (processor === 'x86_64') {
    const words = ['-accel', 'kvm', '-cpu', 'host', ...(await prepareProbe(directory))];
    return (await programs.run({ program, arguments: words, timeoutMs })).exitStatus === probePassedStatus;
  }
  const words = ['-accel', 'kvm', '-cpu', 'host', '-machine', 'virt', ...bareMachine, '-S', '-monitor', 'stdio'];
  return (await programs.run({ program, arguments: words, input: 'quit\n', timeoutMs })).exitStatus === 0;
}

/** Writes the boot sector and gives the arguments of an x86 machine that runs it and nothing else. */
export async function prepareProbe(directory: string): Promise<readonly string[]> {
  const sectorPath = `${directory}/probe.img`;
  await writeFile(sectorPath, bootSector());
  return [
    ...['-machine', 'pc', ...bareMachine, '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'],
    ...['-drive', `file=${sectorPath.replaceAll(',', ',,')},format=raw,if=ide`],
  ];
}

const bareMachine = ['-m', '32', '-nodefaults', '-no-user-config', '-display', 'none'];

/** A PC boot sector: `mov al, answer; out 0xf4, al; hlt; jmp back to hlt`, and the signature 55 AA at its end. */
function bootSector(): Uint8Array {
  const sector = Buffer.alloc(512);
  sector.set([0xb0, answer, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd]);
  sector.set([0x55, 0xaa], 510);
  return sector;
}
