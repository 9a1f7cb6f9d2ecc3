/** A terminal in memory that knows what the live area uses: line ends, cursor up, erase below, renditions. */
export interface Screen {
  readonly columns: number;
  write(text: string): void;
  /** Rewraps as terminals do: rows that one line filled are joined and cut anew. */
  resize(columns: number): void;
  /** Rows from the top, without trailing empty ones. */
  lines(): readonly string[];
  isCursorShown(): boolean;
  written(): string;
}

interface Row {
  text: string;
  /** Whether the line goes on in the next row. */
  isWrapped: boolean;
}

/** Opens an empty screen; throws on a control that it does not know. */
export function openScreen(initialColumns: number): Screen {
  let columns = initialColumns;
  let rows: Row[] = [{ text: '', isWrapped: false }];
  let row = 0;
  let column = 0;
  let isCursorShown = true;
  let written = '';

  const put = (character: string): void => {
    if (column === columns) {
      (rows[row] as Row).isWrapped = true;
      row += 1;
      column = 0;
      rows[row] ??= { text: '', isWrapped: false };
    }
    const current = rows[row] as Row;
    const padded = current.text.padEnd(column);
    current.text = padded.slice(0, column) + character + padded.slice(column + 1);
    column += 1;
  };

  return {
    get columns() {
      return columns;
    },
    write(text) {
      written += text;
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is made of these
      for (const [token] of text.matchAll(/\u001b\[[0-9;?]*[A-Za-z]|[\s\S]/gu)) {
        const up = token.startsWith('\u001b') && token.endsWith('A') ? Number.parseInt(token.slice(2), 10) : undefined;
        if (up !== undefined) row = Math.max(0, row - up);
        else if (token === '\u001b[0J') {
          rows = rows.slice(0, row + 1);
          const current = rows[row] as Row;
          current.text = current.text.slice(0, column);
          current.isWrapped = false;
        } else if (token === '\u001b[?25l') isCursorShown = false;
        else if (token === '\u001b[?25h') isCursorShown = true;
        else if (token.startsWith('\u001b') && token.endsWith('m')) continue;
        else if (token === '\r') column = 0;
        else if (token === '\n') {
          // The terminal driver turns a line feed into both (ONLCR).
          column = 0;
          row += 1;
          rows[row] ??= { text: '', isWrapped: false };
        } else if (token < ' ') throw new Error(`unknown control ${JSON.stringify(token)}`);
        else put(token);
      }
    },
    resize(newColumns) {
      const lines: string[] = [''];
      for (const { text, isWrapped } of rows) {
        lines[lines.length - 1] += text;
        if (!isWrapped) lines.push('');
      }
      lines.pop();
      columns = newColumns;
      rows = lines.flatMap((line) => {
        const count = Math.max(1, Math.ceil(line.length / columns));
        return Array.from({ length: count }, (_, index) => ({
          text: line.slice(index * columns, (index + 1) * columns),
          isWrapped: index < count - 1,
        }));
      });
      row = rows.length - 1;
      column = rows[row]?.text.length ?? 0;
    },
    lines() {
      const texts = rows.map(({ text }) => text.trimEnd());
      while (texts.at(-1) === '') texts.pop();
      return texts;
    },
    isCursorShown: () => isCursorShown,
    written: () => written,
  };
}
