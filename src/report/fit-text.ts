/** The ECMA-48 control sequences and the other escapes that programs print for terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must go
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must go
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Characters that take two columns (Unicode Standard Annex 11, classes W and F, in the blocks that occur in logs). */
const wide = /[\u1100-\u115f\u2e80-\u303e\u3041-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/**
 * The text of a line as a reader would see it: escapes and controls removed, tabs as blanks, and of text that
 * rewrote itself with carriage returns only what was left standing.
 */
export function readableText(text: string): string {
  const lastShown = text.replace(/\r+$/, '').split('\r').at(-1) ?? '';
  return lastShown.replace(escapes, '').replace(controls, '').replaceAll('\t', '    ');
}

/** Columns that a text without controls takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += wide.test(character) ? 2 : /\p{Mark}/u.test(character) ? 0 : 1;
  return columns;
}

/** The text cut to a number of columns; a cut text ends with `…`. */
export function fitText(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  let used = 0;
  for (const character of text) {
    const width = columnsOf(character);
    if (used + width > columns - 1) break;
    kept += character;
    used += width;
  }
  return `${kept}…`;
}
