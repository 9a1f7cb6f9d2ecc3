import type { Identities } from '../model/ports.js';

/** The MBR's disk signature, never 0: that means none. */
export function diskSignature(identities: Identities, image: string): number {
  return readWord(identities.bytes(`mbr-disk-signature:${image}`, 4)) || 1;
}

/** GUID of a GPT disk, upper case. */
export function diskGuid(identities: Identities, image: string): string {
  return identities.uuid(`gpt-disk-guid:${image}`).toUpperCase();
}

/** Unique GUID of a GPT partition, upper case. */
export function partitionGuid(identities: Identities, image: string, partition: string): string {
  return identities.uuid(`gpt-partition-guid:${image}/${partition}`).toUpperCase();
}

/** UUID of a file system; for vfat and exfat the volume id `XXXX-XXXX`, for ntfs 16 digits. */
export function fileSystemUuid(identities: Identities, fileSystem: string, type: string): string {
  const purpose = `file-system-uuid:${fileSystem}`;
  const digits = (count: number): string => Buffer.from(identities.bytes(purpose, count)).toString('hex').toUpperCase();
  if (type === 'ntfs') return digits(8);
  if (type !== 'vfat' && type !== 'exfat') return identities.uuid(purpose);
  const id = digits(4);
  return `${id.slice(0, 4)}-${id.slice(4)}`;
}

const lvmAlphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** An LVM identifier: 32 characters of [0-9a-zA-Z]. `part` is `pv:NAME`, `vg:NAME` or `lv:GROUP/NAME`. */
export function lvmId(identities: Identities, part: string): string {
  const bytes = identities.bytes(`lvm-id:${part}`, 32);
  return Array.from(bytes, (byte) => lvmAlphabet[byte % lvmAlphabet.length]).join('');
}

function readWord(bytes: Uint8Array): number {
  return Buffer.from(bytes).readUInt32LE(0);
}
