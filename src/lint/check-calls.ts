import { nearName } from '../base/near-name.js';
import { operatingSystemInterface } from './engine-variable-table.js';
import type { Library } from './library.js';
import { factsOf, type LintFile } from './lint-file.js';
import type { Reporter } from './report.js';
import type { CommandUse, ScriptFacts } from './script-facts.js';

/** Functions that the engine exports to hooks on the host only. */
const hostFunctions = new Set(['get_image_element_array', 'die']);

/** Programs and functions that build images; the image has none of them. */
const hostCommands = new Set([
  'debootstrap',
  'mmdebstrap',
  'dib-block-device',
  'disk-image-create',
  'element-info',
  'kpartx',
  'mount_proc_dev_sys',
  'qemu-img',
  'ramdisk-image-create',
  'run_d_in_target',
  'run_in_target',
  'select_boot_kernel_initrd',
  'unmount_dir',
]);

/** Which commands a hook calls, and whether they are there where it runs. */
export function checkCalls(file: LintFile, library: Library, report: Reporter): void {
  const { role, element } = file;
  if (element === undefined || (role.kind !== 'hook' && role.kind !== 'program' && role.kind !== 'environment')) return;
  const facts = factsOf(file);
  const closure = library.closureOf(element);
  const programs = [...library.elements.keys()].flatMap((name) => [...library.programsOf(name)]);
  const reported = new Set<string>();
  for (const command of facts.commands) {
    const { name, offset } = command;
    if (name === undefined || reported.has(name) || facts.functionNames.has(name)) continue;
    const inChroot = role.kind === 'hook' && role.place === 'chroot';
    if (inChroot && isHostOnly(name, facts)) {
      reported.add(name);
      report({
        check: 'host-command',
        file,
        offset,
        message: `"${name}" is not there inside the image, where hooks of ${role.phase} run`,
      });
      continue;
    }
    const owners = library.ownersOfProgram(name);
    const isInTarget = command.isInRoot || role.kind !== 'hook' || role.place === 'chroot';
    if (owners.length > 0 || operatingSystemInterface.commands.has(name)) {
      if (!isInTarget) {
        reported.add(name);
        report({
          check: 'target-command',
          file,
          offset,
          message: `"${name}" is only there inside the image; hooks of ${role.phase} run on the host`,
        });
      } else if (isMissing({ name, owners, closure, command, facts })) {
        reported.add(name);
        report({
          check: 'missing-dependency',
          file,
          offset,
          message: `the program "${name}" comes from "${owners[0]}", which is not among the dependencies of "${element}"`,
          hint: `add ${owners[0]} to element-deps`,
        });
      }
      continue;
    }
    const near = isPlain(name) ? nearName(name, [...programs, ...operatingSystemInterface.commands]) : undefined;
    if (near !== undefined && near.length > 6 && Math.abs(near.length - name.length) <= 2) {
      reported.add(name);
      report({
        check: 'near-command',
        file,
        offset,
        message: `no program is called "${name}"`,
        hint: `did you mean "${near}"?`,
      });
    }
  }
}

function isHostOnly(name: string, facts: ScriptFacts): boolean {
  if (hostCommands.has(name)) return true;
  return hostFunctions.has(name) && !facts.setsUnknownNames && !facts.sourcedLibraryFiles.includes('die');
}

function isMissing(options: {
  readonly name: string;
  readonly owners: readonly string[];
  readonly closure: ReadonlySet<string>;
  readonly command: CommandUse;
  readonly facts: ScriptFacts;
}): boolean {
  const { name, owners, closure, command, facts } = options;
  if (operatingSystemInterface.commands.has(name)) return false;
  if (owners.some((owner) => closure.has(owner))) return false;
  // A script that asks first copes without it.
  return !facts.commands.some(
    (other) =>
      other.offset < command.offset &&
      ['type', 'command', 'hash'].includes(other.name ?? '') &&
      other.arguments.some((word) => word.literal === name),
  );
}

/** A word that could be a mistyped program: not a path, not one of the usual short ones. */
function isPlain(name: string): boolean {
  return /^[a-z][a-z0-9-]{4,}$/.test(name) && name.includes('-');
}
