import { uuidText } from './guid.js';

/** Reads bytes of a disk; beyond its end they are zeros. */
export type ReadBytes = (offsetBytes: number, lengthBytes: number) => Promise<Buffer>;

/** What lies at the start of an area. */
export interface AreaContent {
  /** As blkid names it: `ext4`, `xfs`, `btrfs`, `vfat`, `swap`, `LVM2_member`. */
  readonly type: string;
  readonly label?: string;
  /** UUID text; for FAT `XXXX-XXXX`; for LVM the id of the physical volume. */
  readonly uuid: string;
  /** What the content says that it takes; absent when it does not. */
  readonly sizeBytes?: number;
}

/** Recognises the file system, swap area or physical volume that starts at an offset; undefined when there is none. */
export async function recogniseContent(read: ReadBytes, offsetBytes: number): Promise<AreaContent | undefined> {
  const head = await read(offsetBytes, 68 * 1024);
  return (
    recogniseLvm(head) ??
    recogniseXfs(head) ??
    recogniseExt(head) ??
    recogniseBtrfs(head) ??
    recogniseSwap(head) ??
    recogniseFat(head)
  );
}

function recogniseLvm(head: Buffer): AreaContent | undefined {
  for (let sector = 0; sector < 4; sector += 1) {
    const label = head.subarray(sector * 512, sector * 512 + 512);
    if (label.toString('latin1', 0, 8) !== 'LABELONE' || label.toString('latin1', 24, 32) !== 'LVM2 001') continue;
    const header = label.readUInt32LE(20);
    return {
      type: 'LVM2_member',
      uuid: label.toString('latin1', header, header + 32),
      sizeBytes: Number(label.readBigUInt64LE(header + 32)),
    };
  }
  return undefined;
}

function recogniseXfs(head: Buffer): AreaContent | undefined {
  if (head.toString('latin1', 0, 4) !== 'XFSB') return undefined;
  const sizeBytes = Number(head.readBigUInt64BE(8)) * head.readUInt32BE(4);
  return describe('xfs', head.subarray(108, 120), uuidText(head.subarray(32, 48)), sizeBytes);
}

function recogniseExt(head: Buffer): AreaContent | undefined {
  const superblock = head.subarray(1024, 2048);
  if (superblock.readUInt16LE(0x38) !== 0xef53) return undefined;
  const [compatible, incompatible, readOnly] = [0x5c, 0x60, 0x64].map((offset) => superblock.readUInt32LE(offset));
  // As blkid decides: ext4 has features that ext3's driver lacks, ext3 is what has a journal.
  const isExt4 = ((incompatible ?? 0) & ~0x1f & 0xffff) !== 0 || ((readOnly ?? 0) & ~0x7) !== 0;
  const type = isExt4 ? 'ext4' : ((compatible ?? 0) & 0x4) !== 0 ? 'ext3' : 'ext2';
  const highBlocks = ((incompatible ?? 0) & 0x80) !== 0 ? superblock.readUInt32LE(0x150) : 0;
  const blocks = highBlocks * 2 ** 32 + superblock.readUInt32LE(0x4);
  const sizeBytes = blocks * (1024 << superblock.readUInt32LE(0x18));
  return describe(type, superblock.subarray(0x78, 0x88), uuidText(superblock.subarray(0x68, 0x78)), sizeBytes);
}

function recogniseBtrfs(head: Buffer): AreaContent | undefined {
  const superblock = head.subarray(65536, 65536 + 4096);
  if (superblock.toString('latin1', 64, 72) !== '_BHRfS_M') return undefined;
  const sizeBytes = Number(superblock.readBigUInt64LE(112));
  return describe('btrfs', superblock.subarray(299, 299 + 256), uuidText(superblock.subarray(32, 48)), sizeBytes);
}

function recogniseSwap(head: Buffer): AreaContent | undefined {
  for (const pageSizeBytes of [4096, 8192, 16384, 65536]) {
    if (head.toString('latin1', pageSizeBytes - 10, pageSizeBytes) !== 'SWAPSPACE2') continue;
    const sizeBytes = (head.readUInt32LE(1028) + 1) * pageSizeBytes;
    return describe('swap', head.subarray(1052, 1068), uuidText(head.subarray(1036, 1052)), sizeBytes);
  }
  return undefined;
}

function recogniseFat(head: Buffer): AreaContent | undefined {
  const isBootSector = head[510] === 0x55 && head[511] === 0xaa;
  const is32 = head.toString('latin1', 0x52, 0x57) === 'FAT32';
  const is16 = /^FAT1[26]/.test(head.toString('latin1', 0x36, 0x3b));
  if (!isBootSector || (!is32 && !is16)) return undefined;
  const idOffset = is32 ? 0x43 : 0x27;
  const id = head.readUInt32LE(idOffset).toString(16).toUpperCase().padStart(8, '0');
  const label = head.toString('latin1', idOffset + 4, idOffset + 15).trimEnd();
  const sectors = head.readUInt16LE(0x13) || head.readUInt32LE(0x20);
  return {
    type: 'vfat',
    ...(label === '' || label === 'NO NAME' ? {} : { label }),
    uuid: `${id.slice(0, 4)}-${id.slice(4)}`,
    sizeBytes: sectors * head.readUInt16LE(0xb),
  };
}

function describe(type: string, labelBytes: Buffer, uuid: string, sizeBytes: number): AreaContent {
  const end = labelBytes.indexOf(0);
  const label = labelBytes.toString('utf8', 0, end < 0 ? labelBytes.length : end);
  return { type, ...(label === '' ? {} : { label }), uuid, sizeBytes };
}
