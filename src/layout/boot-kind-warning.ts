import type { DiskLayoutSpec } from '../model/layout.js';
import { layoutValues } from './layout-values.js';

/**
 * What is wrong between `DIB_BLOCK_DEVICE`, which decides the boot loaders that are installed, and the layout that they
 * are installed on; undefined when they agree. An MBR and a GPT are the same to GRUB for BIOS.
 *
 * @param setBy the environment file that set the variable, where one did
 */
export function bootKindWarning({
  spec,
  blockDevice,
  setBy,
}: {
  readonly spec: DiskLayoutSpec;
  readonly blockDevice: string;
  readonly setBy?: string | undefined;
}): string | undefined {
  const found = layoutValues(spec).bootKind;
  const lack = contradiction(blockDevice, found);
  if (lack === undefined) return undefined;
  const who = setBy === undefined ? '' : ` (set by ${setBy})`;
  return `DIB_BLOCK_DEVICE is ${blockDevice}${who}, but the layout ${spec.origin} ${lack}`;
}

function contradiction(blockDevice: string, found: ReturnType<typeof layoutValues>['bootKind']): string | undefined {
  if (!['mbr', 'gpt', 'efi'].includes(blockDevice)) return undefined;
  if (found === 'none') return 'has no partition table on the disk with /: no boot loader has a place there';
  if (blockDevice === 'efi' && found !== 'efi')
    return `has no EFI system partition on the disk with /: use block-device-${found}, or add one (type EF00)`;
  if (blockDevice !== 'efi' && found === 'efi')
    return 'has an EFI system partition: no boot loader for UEFI is installed; use block-device-efi for one';
  return undefined;
}
