import type { ExtendedAttribute } from '../read-attributes.js';
import { hashXfsName } from './directory.js';
import { blockAddress512, type GroupBlock, sealXfs, type XfsGeometry } from './geometry.js';

/** An extended attribute as XFS stores it. */
interface StoredAttribute {
  readonly name: Buffer;
  readonly value: Buffer;
  readonly flags: number;
}

const namespaceFlags: Readonly<Record<string, number>> = { user: 0, trusted: 2, security: 4 };
const accessControlNames: Readonly<Record<string, string>> = {
  'system.posix_acl_access': 'SGI_ACL_FILE',
  'system.posix_acl_default': 'SGI_ACL_DEFAULT',
};
const leafHeaderSizeBytes = 80;

/** How attributes are stored, or the name of the first one that cannot be. */
export type EncodedAttributes =
  | { readonly kind: 'none' }
  | { readonly kind: 'inode'; readonly fork: Buffer }
  | { readonly kind: 'block'; encode(owner: number, place: GroupBlock): Buffer }
  | { readonly kind: 'unsupported'; readonly name: string; readonly why: string };

/** Encodes the extended attributes of one inode: in the inode within `limitBytes`, otherwise in one block. */
export function encodeAttributes(
  geometry: XfsGeometry,
  attributes: readonly ExtendedAttribute[],
  limitBytes: number,
): EncodedAttributes {
  if (attributes.length === 0) return { kind: 'none' };
  const stored: StoredAttribute[] = [];
  for (const attribute of attributes) {
    // A tree on XFS lists its access lists twice, under these names, too.
    if (attribute.name.startsWith('trusted.SGI_ACL_')) continue;
    const converted = convert(attribute);
    if (converted === undefined)
      return { kind: 'unsupported', name: attribute.name, why: 'its namespace is not one that XFS stores' };
    stored.push(converted);
  }
  if (stored.length === 0) return { kind: 'none' };
  stored.sort((one, other) => hashXfsName(one.name) - hashXfsName(other.name) || one.flags - other.flags);
  return encodeInInode(stored, limitBytes) ?? encodeInBlock(geometry, stored);
}

function convert({ name, value }: ExtendedAttribute): StoredAttribute | undefined {
  const accessControlName = accessControlNames[name];
  if (accessControlName !== undefined)
    return { name: Buffer.from(accessControlName), value: convertAccessControlList(value), flags: 2 };
  const dot = name.indexOf('.');
  const flags = namespaceFlags[name.slice(0, dot)];
  return flags === undefined ? undefined : { name: Buffer.from(name.slice(dot + 1), 'utf8'), value, flags };
}

/** From `struct posix_acl_xattr_entry` (little endian, after a version) to `struct xfs_acl` (big endian, after a count). */
function convertAccessControlList(value: Buffer): Buffer {
  const count = Math.floor((value.length - 4) / 8);
  const bytes = Buffer.alloc(4 + count * 12);
  bytes.writeUInt32BE(count, 0);
  for (let index = 0; index < count; index += 1) {
    const from = 4 + index * 8;
    const to = 4 + index * 12;
    bytes.writeUInt32BE(value.readUInt16LE(from), to);
    bytes.writeUInt32BE(value.readUInt32LE(from + 4), to + 4);
    bytes.writeUInt16BE(value.readUInt16LE(from + 2), to + 8);
  }
  return bytes;
}

/** `struct xfs_attr_shortform`. */
function encodeInInode(stored: readonly StoredAttribute[], limitBytes: number): EncodedAttributes | undefined {
  const sizeBytes = 4 + stored.reduce((sum, { name, value }) => sum + 3 + name.length + value.length, 0);
  if (sizeBytes > limitBytes || stored.length > 255 || stored.some(({ value }) => value.length > 255)) return undefined;
  const fork = Buffer.alloc(sizeBytes);
  fork.writeUInt16BE(sizeBytes, 0);
  fork[2] = stored.length;
  let at = 4;
  for (const { name, value, flags } of stored) {
    fork.set([name.length, value.length, flags], at);
    name.copy(fork, at + 3);
    value.copy(fork, at + 3 + name.length);
    at += 3 + name.length + value.length;
  }
  return { kind: 'inode', fork };
}

/** `struct xfs_attr3_leafblock` with local values only. */
function encodeInBlock(geometry: XfsGeometry, stored: readonly StoredAttribute[]): EncodedAttributes {
  const { blockSizeBytes } = geometry;
  const sizeOf = ({ name, value }: StoredAttribute) => Math.ceil((3 + name.length + value.length) / 4) * 4;
  const usedBytes = stored.reduce((sum, attribute) => sum + sizeOf(attribute), 0);
  // Larger values live in blocks of their own (xfs_attr_leaf_entsize_local_max).
  const large = stored.find((attribute) => sizeOf(attribute) >= (blockSizeBytes >> 1) + (blockSizeBytes >> 2));
  const entriesEnd = leafHeaderSizeBytes + stored.length * 8;
  if (large !== undefined || entriesEnd + usedBytes > blockSizeBytes)
    return {
      kind: 'unsupported',
      name: (large ?? stored[0])?.name.toString('utf8') ?? '',
      why: `attributes of more than ${blockSizeBytes} bytes, or one of more than three quarters of that, are not handled`,
    };
  return {
    kind: 'block',
    encode(owner, place) {
      const bytes = Buffer.alloc(blockSizeBytes);
      bytes.writeUInt16BE(0x3bee, 8);
      bytes.writeBigUInt64BE(blockAddress512(geometry, place), 16);
      geometry.uuid.copy(bytes, 32);
      bytes.writeBigUInt64BE(BigInt(owner), 48);
      let firstUsed = blockSizeBytes;
      for (const [index, attribute] of stored.entries()) {
        const { name, value, flags } = attribute;
        firstUsed -= sizeOf(attribute);
        bytes.writeUInt16BE(value.length, firstUsed);
        bytes[firstUsed + 2] = name.length;
        name.copy(bytes, firstUsed + 3);
        value.copy(bytes, firstUsed + 3 + name.length);
        const entry = leafHeaderSizeBytes + index * 8;
        bytes.writeUInt32BE(hashXfsName(name), entry);
        bytes.writeUInt16BE(firstUsed, entry + 4);
        // 1: the value lies here.
        bytes[entry + 6] = flags | 1;
      }
      bytes.writeUInt16BE(stored.length, 56);
      bytes.writeUInt16BE(usedBytes, 58);
      bytes.writeUInt16BE(firstUsed, 60);
      bytes.writeUInt16BE(entriesEnd, 64);
      bytes.writeUInt16BE(firstUsed - entriesEnd, 66);
      return sealXfs(bytes, 12);
    },
  };
}
