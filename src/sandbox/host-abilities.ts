import { readFile } from 'node:fs/promises';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import type { Programs } from '../model/ports.js';
import { userNamespaceFlags } from './namespace-command.js';

/** Who calls. */
export interface Caller {
  readonly userId: number;
  readonly userName: string;
}

/** Programs that make the namespace. */
export const namespacePrograms: readonly string[] = ['unshare', 'setpriv', 'mount'];

/** Fewer subordinate ids than this and distributions' system users cannot be made (useradd gives 65536). */
const neededSubordinateIds = 65_535;

/**
 * Finds out whether the namespace of a build can be made here, and if not, why.
 *
 * @returns the faults, each with what to do; none when all is well
 */
export async function findSandboxFaults(caller: Caller, programs: Programs): Promise<readonly BuildError[]> {
  const missing = namespacePrograms.filter((program) => programs.find(program) === undefined);
  if (missing.length > 0)
    return [unavailable(`the program ${missing.join(', ')} is missing`, 'install the package util-linux')];
  const faults = caller.userId === 0 ? [] : await findIdFaults(caller, programs);
  if (faults.length > 0) return faults;
  const flags = caller.userId === 0 ? [] : userNamespaceFlags;
  const probe = await programs.run({ program: 'unshare', arguments: [...flags, '--mount', '--pid', '--fork', 'true'] });
  if (probe.exitStatus === 0) return [];
  const said = probe.stderr.trim().split('\n').at(-1) ?? '';
  return [
    caller.userId === 0
      ? unavailable(
          `a mount namespace cannot be made: ${said}`,
          'in a container, run it with the capability SYS_ADMIN (for example --privileged)',
        )
      : unavailable(
          `a user namespace cannot be made: ${said}`,
          'allow unprivileged user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns), or run as root',
        ),
  ];
}

/**
 * How many ids a user has in the text of `/etc/subuid` or `/etc/subgid` (subuid(5): `name-or-id:first:count`).
 */
export function countSubordinateIds(text: string, caller: Caller): number {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([owner]) => owner === caller.userName || owner === String(caller.userId))
    .reduce((sum, [, , count]) => sum + Number(count ?? 0), 0);
}

async function findIdFaults(caller: Caller, programs: Programs): Promise<readonly BuildError[]> {
  const faults: BuildError[] = [];
  for (const program of ['newuidmap', 'newgidmap']) {
    if (programs.find(program) === undefined)
      faults.push(unavailable(`the program ${program} is missing`, 'install the package uidmap'));
  }
  for (const path of ['/etc/subuid', '/etc/subgid']) {
    const count = countSubordinateIds(await readIfThere(path), caller);
    if (count >= neededSubordinateIds) continue;
    faults.push(
      unavailable(
        `user ${caller.userName} has ${count === 0 ? 'no' : `only ${count}`} subordinate ids in ${path}, a build needs ${neededSubordinateIds}`,
        `as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${caller.userName}`,
      ),
    );
  }
  return faults;
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return '';
    throw error;
  }
}

function unavailable(message: string, hint: string): BuildError {
  return new BuildError({ code: 'SANDBOX_UNAVAILABLE', message, hint });
}
