import type { Programs } from '../model/ports.js';

/**
 * The architecture of this machine as elements call it: what dpkg says where there is one, otherwise the kernel's name,
 * with `x86_64`, `aarch64` and 32-bit ARM in Debian's names.
 *
 * @param options.machine `uname -m`
 */
export async function detectArchitecture(options: {
  readonly programs: Programs;
  readonly machine: string;
}): Promise<string> {
  const { programs, machine } = options;
  if (programs.find('dpkg') !== undefined) {
    const { exitStatus, stdout } = await programs.run({ program: 'dpkg', arguments: ['--print-architecture'] });
    if (exitStatus === 0 && stdout.trim() !== '') return stdout.trim();
  }
  if (machine === 'x86_64') return 'amd64';
  if (machine === 'aarch64') return 'arm64';
  return machine.startsWith('armv') ? 'armhf' : machine;
}
