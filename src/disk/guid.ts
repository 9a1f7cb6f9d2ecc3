/** The 16 bytes of UUID text in the order written, as file systems and swap store them (RFC 9562 §4). */
export function uuidBytes(text: string): Buffer {
  const digits = text.replaceAll('-', '');
  if (!/^[0-9a-fA-F]{32}$/.test(digits)) throw new Error(`Internal error: "${text}" is not a UUID`);
  return Buffer.from(digits, 'hex');
}

/** The 16 bytes of GUID text as GPT stores them: the first three groups little endian (UEFI 2.10 appendix A). */
export function guidBytes(text: string): Buffer {
  const bytes = uuidBytes(text);
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** Lower-case UUID text of 16 bytes in the order written. */
export function uuidText(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes).toString('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}

/** Upper-case GUID text of 16 bytes in the order of GPT. */
export function guidText(bytes: Uint8Array): string {
  const swapped = Buffer.from(bytes);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  return uuidText(swapped).toUpperCase();
}
