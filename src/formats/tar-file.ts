import { open } from 'node:fs/promises';

/** A tar file that is written member by member. */
export interface TarFile {
  /** The name ends with a slash. */
  addDirectory(name: string): Promise<void>;
  addBytes(name: string, content: Uint8Array): Promise<void>;
  /** The stream must give exactly `sizeBytes`. */
  addStream(name: string, sizeBytes: number, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Writes the end of the archive. */
  end(): Promise<void>;
  close(): Promise<void>;
}

const blockSizeBytes = 512;
/** GNU tar's and most readers' unit of reading: 20 blocks. */
const recordSizeBytes = 20 * blockSizeBytes;
/** What eleven octal digits hold (POSIX.1-1988 ustar). */
const octalLimitBytes = 8 ** 11;

/** Creates a tar file of members that belong to root and have one time. */
export async function openTarFile(options: {
  readonly path: string;
  readonly modifiedSeconds: number;
}): Promise<TarFile> {
  const handle = await open(options.path, 'w');
  let writtenBytes = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    await handle.writeFile(bytes);
    writtenBytes += bytes.length;
  };
  const pad = (multiple: number): Promise<void> =>
    write(Buffer.alloc((multiple - (writtenBytes % multiple)) % multiple));
  const addStream = async (name: string, sizeBytes: number, content: AsyncIterable<Uint8Array>): Promise<void> => {
    await write(tarHeader({ name, sizeBytes, modifiedSeconds: options.modifiedSeconds }));
    const startBytes = writtenBytes;
    for await (const chunk of content) await write(chunk);
    if (writtenBytes - startBytes !== sizeBytes) {
      throw new Error(`Internal error: ${name} gave ${writtenBytes - startBytes} bytes instead of ${sizeBytes}`);
    }
    await pad(blockSizeBytes);
  };
  return {
    addDirectory: (name) => write(tarHeader({ name, sizeBytes: 0, modifiedSeconds: options.modifiedSeconds })),
    addBytes: (name, content) => addStream(name, content.length, once(content)),
    addStream,
    async end() {
      await write(Buffer.alloc(2 * blockSizeBytes));
      await pad(recordSizeBytes);
    },
    close: () => handle.close(),
  };
}

/** A ustar header of a file, or of a directory when the name ends with a slash; names have at most 100 bytes. */
export function tarHeader(member: {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedSeconds: number;
}): Buffer {
  const isDirectory = member.name.endsWith('/');
  const header = Buffer.alloc(blockSizeBytes);
  header.write(member.name, 0, 100, 'utf8');
  header.write(isDirectory ? '0000755\0' : '0000644\0', 100, 'latin1');
  header.write('0000000\0'.repeat(2), 108, 'latin1');
  writeSize(header, member.sizeBytes);
  header.write(`${member.modifiedSeconds.toString(8).padStart(11, '0')}\0`, 136, 'latin1');
  header.write(' '.repeat(8), 148, 'latin1');
  header.write(isDirectory ? '5' : '0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** Sizes past the octal field go in base 256, marked by the top bit (GNU tar manual, "Extended header"). */
function writeSize(header: Buffer, sizeBytes: number): void {
  if (sizeBytes < octalLimitBytes) {
    header.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    return;
  }
  header[124] = 0x80;
  header.writeBigUInt64BE(BigInt(sizeBytes), 128);
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
