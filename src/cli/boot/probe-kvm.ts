import { writeFile } from 'node:fs/promises';
import type { Programs } from '../../model/ports.js';
import { qemuProgramFor } from './qemu-arguments.js';

/** What the guest writes to the debug-exit device; QEMU then exits with twice that plus one. */
const answer = 0x10;

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
  const common = ['-accel', 'kvm', '-cpu', 'host', '-m', '32', '-nodefaults', '-no-user-config', '-display', 'none'];
  if (processor !== 'x86_64') {
    const started = await programs.run({
      program: qemuProgramFor(processor),
      arguments: [...common, '-machine', 'virt', '-S', '-monitor', 'stdio'],
      input: 'quit\n',
      timeoutMs,
    });
    return started.exitStatus === 0;
  }
  const sectorPath = `${directory}/probe.img`;
  await writeFile(sectorPath, bootSector());
  const ran = await programs.run({
    program: qemuProgramFor(processor),
    arguments: [
      ...common,
      ...['-machine', 'pc', '-device', `isa-debug-exit,iobase=0xf4,iosize=0x04`],
      ...['-drive', `file=${sectorPath},format=raw,if=ide`],
    ],
    timeoutMs,
  });
  return ran.exitStatus === answer * 2 + 1;
}

/** A PC boot sector: `mov al, answer; out 0xf4, al; hlt; jmp back to hlt`, and the signature 55 AA at its end. */
function bootSector(): Uint8Array {
  const sector = Buffer.alloc(512);
  sector.set([0xb0, answer, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd]);
  sector.set([0x55, 0xaa], 510);
  return sector;
}
