const polynomial = 0x82f6_3b78;
const table = makeTable();

/**
 * CRC-32C (Castagnoli, reflected) as ext4 and btrfs keep it: the register is taken and given without inversion.
 *
 * For the usual checksum of RFC 3720 start with 0xFFFFFFFF and invert the result.
 */
export function crc32c(bytes: Uint8Array, register: number): number {
  let value = register >>> 0;
  for (const byte of bytes) value = (value >>> 8) ^ (table[(value ^ byte) & 0xff] ?? 0);
  return value >>> 0;
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ polynomial;
    return value;
  });
}
