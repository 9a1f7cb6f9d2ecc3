/** Splits a line of options at blanks; quotes and backslashes keep blanks, as in a shell; nothing is expanded. */
export function splitOptions(line: string): readonly string[] {
  const words = line.match(/(?:[^\s"'\\]+|\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?|\\$)+/gs) ?? [];
  return words.map((word) =>
    word.replace(/\\(.)|"((?:[^"\\]|\\.)*)"?|'([^']*)'?/gs, (_, escaped, doubleQuoted, singleQuoted) =>
      escaped !== undefined ? escaped : (singleQuoted ?? doubleQuoted.replace(/\\(["\\])/g, '$1')),
    ),
  );
}
