import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of text or bytes, 64 lower-case hex digits (FIPS 180-4). */
export function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** SHA-256 of a file's content, read in pieces. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** One digest over an ordered list of fields; no two lists give the same text. */
export function digestOfFields(fields: readonly string[]): string {
  return digestOf(JSON.stringify(fields));
}
