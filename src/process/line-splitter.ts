import { StringDecoder } from 'node:string_decoder';

/** Cuts chunks of bytes into lines. */
export interface LineSplitter {
  push(chunk: Buffer): void;
  /** Hands on a last line that had no line end. */
  end(): void;
}

/**
 * Cuts at line feeds; a carriage return inside a line keeps only what follows it, as a terminal would show.
 * Bytes that are not UTF-8 become U+FFFD.
 */
export function openLineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const emitLine = (line: string): void => {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    onLine(text.slice(text.lastIndexOf('\r') + 1));
  };
  return {
    push(chunk) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) emitLine(line);
    },
    end() {
      rest += decoder.end();
      if (rest !== '') emitLine(rest);
      rest = '';
    },
  };
}
