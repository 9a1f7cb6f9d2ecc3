import type { FileSystemLayout } from '../model/layout.js';
import type { Command } from '../model/ports.js';

/** The options that give a file system its label and its identifier, by type; and whether it can be quiet. */
const typeTable: Readonly<
  Record<
    string,
    { readonly label: string; readonly uuid?: (uuid: string) => readonly string[]; readonly isQuiet?: true }
  >
> = {
  ext2: { label: '-L', uuid: (uuid) => ['-U', uuid], isQuiet: true },
  ext3: { label: '-L', uuid: (uuid) => ['-U', uuid], isQuiet: true },
  ext4: { label: '-L', uuid: (uuid) => ['-U', uuid], isQuiet: true },
  xfs: { label: '-L', uuid: (uuid) => ['-m', `uuid=${uuid}`], isQuiet: true },
  btrfs: { label: '-L', uuid: (uuid) => ['-U', uuid], isQuiet: true },
  // A volume id is eight hexadecimal digits without the dash that is shown.
  vfat: { label: '-n', uuid: (uuid) => ['-i', uuid.replace('-', '')] },
  fat: { label: '-n', uuid: (uuid) => ['-i', uuid.replace('-', '')] },
  msdos: { label: '-n', uuid: (uuid) => ['-i', uuid.replace('-', '')] },
  f2fs: { label: '-l', uuid: (uuid) => ['-U', uuid], isQuiet: true },
  nilfs2: { label: '-L' },
};

/** The command that makes a file system on a device: `mkfs -t TYPE OPTIONS LABEL UUID -q DEVICE`, or mkswap. */
export function mkfsCommand(
  fileSystem: Pick<FileSystemLayout, 'type' | 'label' | 'uuid' | 'options'>,
  device: string,
): Command {
  const { type, label, uuid, options } = fileSystem;
  if (type === 'swap') return { program: 'mkswap', arguments: ['-L', label, '-U', uuid, device] };
  const words = typeTable[type] ?? { label: '-L' };
  return {
    program: 'mkfs',
    arguments: [
      '-t',
      type === 'fat' ? 'vfat' : type,
      ...options,
      words.label,
      label,
      ...(words.uuid?.(uuid) ?? []),
      ...(words.isQuiet === true ? ['-q'] : []),
      device,
    ],
  };
}

/** Whether the identifier in the layout is the one on the disk. */
export function takesUuid(type: string): boolean {
  return type === 'swap' || typeTable[type]?.uuid !== undefined;
}
