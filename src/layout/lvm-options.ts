import type { FaultList, Place } from './fault-list.js';

/** Options that change nothing about the bytes of a new group. */
const harmlessOption =
  /^(-f+|--force|-y|--yes|-q+|--quiet|-v+|--verbose|-an|-ay|-[WZ][yn]?|--(wipesignatures|zero|activate)(=.*)?|[yn])$/;

/** Says which options of pvcreate, vgcreate and lvcreate act only when real commands make the volumes. */
export function warnLvmOptions(what: string, options: readonly string[], place: Place, faults: FaultList): void {
  const extentOptions = extentSizeWords(options);
  const other = options.filter((option) => !harmlessOption.test(option) && !extentOptions.includes(option));
  if (other.length > 0) faults.warn(place, `options of ${what} act only in loop mode: ${other.join(' ')}`);
}

const bytesOfUnit: Readonly<Record<string, number>> = {
  b: 1,
  s: 512,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

/** The extent size that options of vgcreate ask for, in bytes. Without a unit MiB, as vgcreate(8) has it. */
export function readExtentSize(options: readonly string[]): number | undefined {
  const text = extentSizeWords(options)
    .at(-1)
    ?.replace(/^(-s|--physicalextentsize=)/, '');
  const [, number, unit = 'm'] = /^([\d.]+)([bskmgt])?$/i.exec(text ?? '') ?? [];
  return number === undefined
    ? undefined
    : Math.trunc(Number(number) * (bytesOfUnit[unit.toLowerCase()] ?? Number.NaN));
}

function extentSizeWords(options: readonly string[]): readonly string[] {
  return options.flatMap((option, index) => {
    if (option === '-s' || option === '--physicalextentsize') return [option, options[index + 1] ?? ''];
    return /^(-s[\d.]|--physicalextentsize=)/.test(option) ? [option] : [];
  });
}

/** Reports a name that LVM does not take (lvm(8), VALID NAMES). */
export function checkVolumeName(kind: string, name: string, place: Place, faults: FaultList): void {
  if (name === '') return;
  if (!/^[a-zA-Z0-9+_.][a-zA-Z0-9+_.-]*$/.test(name) || name === '.' || name === '..' || name.length > 127)
    faults.fault(place, `"${name}" is no name for a ${kind}`, 'letters, digits and + _ . -, not starting with -');
  else if (
    kind === 'logical volume' &&
    (/^(snapshot|pvmove)/.test(name) ||
      /_(c?data|c?meta|pmspare|mimage|mlog|rimage|rmeta|tdata|tmeta|vorigin|vdata|corig|imeta|iorig)/.test(name))
  )
    faults.fault(place, `"${name}" is a name that LVM keeps for itself`);
}
