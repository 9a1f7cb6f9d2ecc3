/** How a column stands: text to the left, numbers to the right. */
export type ColumnSide = 'left' | 'right';

/** Lines of a table: columns two blanks apart, no blanks at line ends. Missing cells are empty. */
export function alignColumns(rows: readonly (readonly string[])[], sides: readonly ColumnSide[]): readonly string[] {
  const widths = sides.map((_, column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    sides
      .map((side, column) => {
        const cell = row[column] ?? '';
        const width = widths[column] ?? 0;
        return side === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .filter((_, column) => widths[column] !== 0)
      .join('  ')
      .trimEnd(),
  );
}
