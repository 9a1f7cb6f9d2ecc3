import { columnsOf, fitText } from './fit-text.js';

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const eraseToEnd = '\u001b[0J';

/** A few lines at the bottom of a terminal that are rewritten in place; everything else scrolls above them. */
export interface LiveArea {
  /** Prints lines for good, above the area. */
  print(lines: readonly string[]): void;
  /** Replaces the lines of the area. Each is cut to the width of the terminal. */
  show(lines: readonly LiveLine[]): void;
  /** Removes the area and gives the cursor back. */
  close(): void;
}

export interface LiveLine {
  /** Without controls. */
  readonly text: string;
  /** Select Graphic Rendition codes (ECMA-48 8.3.117), for example `2` for faint; absent: none. */
  readonly rendition?: string;
}

/**
 * Opens an area on the terminal behind `write`.
 *
 * The width is asked for at each drawing. After the terminal became narrower, it has wrapped the lines that were
 * drawn wider, so the number of rows to erase is worked out for the new width.
 */
export function openLiveArea({
  write,
  columns,
}: {
  readonly write: (text: string) => void;
  readonly columns: () => number;
}): LiveArea {
  // A terminal that does not tell its size says 0.
  const width = (): number => (columns() > 0 ? columns() : 80);
  let drawnWidths: readonly number[] = [];
  let isCursorHidden = false;

  const erase = (): string => {
    if (drawnWidths.length === 0) return '';
    const rows = drawnWidths.reduce((sum, drawn) => sum + Math.max(1, Math.ceil(drawn / width())), 0);
    drawnWidths = [];
    // The cursor stands at the end of the last row: no line end follows it, so nothing scrolls.
    return `${rows > 1 ? `\u001b[${rows - 1}A` : ''}\r${eraseToEnd}`;
  };

  const draw = (lines: readonly LiveLine[]): string => {
    if (lines.length === 0) return '';
    // One column stays free: some terminals wrap as soon as the last one is used.
    const usable = Math.max(1, width() - 1);
    const fitted = lines.map((line) => ({ ...line, text: fitText(line.text, usable) }));
    drawnWidths = fitted.map((line) => columnsOf(line.text));
    return fitted
      .map(({ text, rendition }) => (rendition === undefined ? text : `\u001b[${rendition}m${text}\u001b[0m`))
      .join('\n');
  };

  let current: readonly LiveLine[] = [];
  return {
    print(lines) {
      const text = lines.map((line) => `${line}\n`).join('');
      write(`${erase()}${text}${draw(current)}`);
    },
    show(lines) {
      current = lines;
      const prefix = isCursorHidden || lines.length === 0 ? '' : hideCursor;
      if (prefix !== '') isCursorHidden = true;
      write(`${prefix}${erase()}${draw(lines)}`);
    },
    close() {
      current = [];
      const suffix = isCursorHidden ? showCursor : '';
      isCursorHidden = false;
      const text = `${erase()}${suffix}`;
      if (text !== '') write(text);
    },
  };
}
