/** Compares two texts by the bytes of their UTF-8 form, as `LC_ALL=C sort` does. */
export function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
