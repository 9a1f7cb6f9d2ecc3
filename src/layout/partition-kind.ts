import type { PartitionLayout } from '../model/layout.js';
import { type GptType, gptTypeTable } from './gpt-type-table.js';

/** Names of MBR type bytes that layouts use; others are shown in hexadecimal. */
const nameOfMbrType: Readonly<Record<number, string>> = {
  7: 'NTFS or exFAT',
  11: 'FAT32',
  12: 'FAT32',
  14: 'FAT16',
  65: 'PowerPC PReP boot',
  130: 'Linux swap',
  131: 'Linux filesystem',
  142: 'Linux LVM',
  238: 'GPT protective',
  239: 'EFI system partition',
  253: 'Linux RAID',
};

/** What a partition's type says it is for, for people. */
export function partitionKind({ mbrType, typeGuid }: Pick<PartitionLayout, 'mbrType' | 'typeGuid'>): string {
  if (typeGuid !== undefined)
    return Object.values<GptType>(gptTypeTable).find(({ guid }) => guid === typeGuid)?.name ?? typeGuid;
  if (mbrType === undefined) return '';
  return nameOfMbrType[mbrType] ?? `type ${mbrType.toString(16).padStart(2, '0').toUpperCase()}`;
}
