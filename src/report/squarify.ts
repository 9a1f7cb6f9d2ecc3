/** A place in a drawing. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a rectangle into one for each size, areas in proportion and as near to squares as can be.
 *
 * @param sizes largest first; those of zero get no place
 * @see Bruls, Huizing, van Wijk: Squarified Treemaps (2000)
 */
export function squarify(sizes: readonly number[], place: Rectangle): readonly (Rectangle | undefined)[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= 0 || place.width <= 0 || place.height <= 0) return sizes.map(() => undefined);
  const scale = (place.width * place.height) / total;
  const places: (Rectangle | undefined)[] = [];
  let rest = place;
  let index = 0;
  while (index < sizes.length && (sizes[index] ?? 0) > 0) {
    const side = Math.min(rest.width, rest.height);
    const row: number[] = [];
    let worst = Number.POSITIVE_INFINITY;
    while (index + row.length < sizes.length) {
      const next = [...row, (sizes[index + row.length] ?? 0) * scale];
      const ratio = worstRatio(next, side);
      if (ratio > worst) break;
      worst = ratio;
      row.push(next.at(-1) ?? 0);
    }
    if (row.length === 0) break;
    const area = row.reduce((sum, one) => sum + one, 0);
    const thickness = side === 0 ? 0 : area / side;
    const isColumn = rest.width >= rest.height;
    let offset = 0;
    for (const one of row) {
      const length = thickness === 0 ? 0 : one / thickness;
      places.push(
        isColumn
          ? { x: rest.x, y: rest.y + offset, width: thickness, height: length }
          : { x: rest.x + offset, y: rest.y, width: length, height: thickness },
      );
      offset += length;
    }
    rest = isColumn
      ? { ...rest, x: rest.x + thickness, width: Math.max(0, rest.width - thickness) }
      : { ...rest, y: rest.y + thickness, height: Math.max(0, rest.height - thickness) };
    index += row.length;
  }
  while (places.length < sizes.length) places.push(undefined);
  return places;
}

/** How far from a square the worst of a row is, laid along a side. */
function worstRatio(areas: readonly number[], side: number): number {
  const sum = areas.reduce((total, area) => total + area, 0);
  const largest = Math.max(...areas);
  const smallest = Math.min(...areas);
  if (smallest <= 0) return Number.POSITIVE_INFINITY;
  return Math.max((side * side * largest) / (sum * sum), (sum * sum) / (side * side * smallest));
}
