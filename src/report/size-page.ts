import { formatBytes } from '../base/units.js';
import type { ImageSize, SizeRow } from './image-size.js';
import { type Rectangle, squarify } from './squarify.js';

/** A directory or file with all that is below it. */
export interface SizeNode {
  readonly name: string;
  readonly sizeBytes: number;
  readonly children: readonly SizeNode[];
}

interface GrowingNode {
  readonly name: string;
  sizeBytes: number;
  readonly children: Map<string, GrowingNode>;
}

/** The tree of sizes from the output of `find -printf '%b %n %D:%i %P\0'`: blocks of 512 bytes, each inode once. */
export function makeSizeTree(text: string): SizeNode {
  const root: GrowingNode = { name: '/', sizeBytes: 0, children: new Map() };
  const counted = new Set<string>();
  for (const entry of text.split('\0')) {
    const match = /^(\d+) (\d+) (\S+) (.*)$/s.exec(entry);
    if (match === null) continue;
    const [, blocks, links, inode = '', path = ''] = match;
    if (Number(links) > 1 && counted.has(inode)) continue;
    counted.add(inode);
    const sizeBytes = Number(blocks) * 512;
    let node = root;
    node.sizeBytes += sizeBytes;
    for (const part of path === '' ? [] : path.split('/')) {
      const child = node.children.get(part) ?? { name: part, sizeBytes: 0, children: new Map() };
      node.children.set(part, child);
      child.sizeBytes += sizeBytes;
      node = child;
    }
  }
  return finish(root);
}

function finish(node: GrowingNode): SizeNode {
  const children = [...node.children.values()].map(finish);
  return { name: node.name, sizeBytes: node.sizeBytes, children };
}

/** Width and height of the map in units of the page. */
const map: Rectangle = { x: 0, y: 0, width: 1200, height: 640 };
const titleHeight = 15;
/** What is smaller is not drawn: nobody could see it. */
const smallestSide = 3;
const deepestLevel = 6;

/** A page that needs nothing but itself: a map of the tree in which areas are sizes, then the three tables. */
export function formatSizePage(size: ImageSize, tree: SizeNode): string {
  const title = `${size.image}: ${formatBytes(size.totalBytes)}`;
  const tables: readonly (readonly [heading: string, rows: readonly SizeRow[]])[] = [
    ['By element (what its layers added)', size.elements],
    ['By package (as it says itself)', size.packages],
    ['By directory', size.directories],
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<style>
body { font: 14px/1.4 sans-serif; margin: 1.5em; color: #222; background: #fff }
svg { width: 100%; height: auto; font: 11px sans-serif }
rect { stroke: #fff; stroke-width: 1 }
text { pointer-events: none; fill: #222 }
rect:hover { stroke: #000 }
.tables { display: flex; flex-wrap: wrap; gap: 2em }
td:first-child { text-align: right; padding-right: 1em; white-space: nowrap }
</style>
</head>
<body>
<h1>${escapeHtml(title)} in ${size.fileCount} entries</h1>
<p>The area of a box is its size on disk; rest the pointer on one for its path.</p>
<svg viewBox="0 0 ${map.width} ${map.height}" role="img" aria-label="Sizes of directories">
${drawNode({ node: tree, path: '', place: map, level: 0, hue: 0 }).join('\n')}
</svg>
<div class="tables">
${tables.map(([heading, rows]) => formatTable(heading, rows)).join('\n')}
</div>
</body>
</html>
`;
}

function drawNode(drawn: {
  readonly node: SizeNode;
  readonly path: string;
  readonly place: Rectangle;
  readonly level: number;
  readonly hue: number;
}): readonly string[] {
  const { node, path, place, level, hue } = drawn;
  if (place.width < smallestSide || place.height < smallestSide) return [];
  const colour = level === 0 ? '#eee' : `hsl(${hue} 55% ${Math.min(92, 62 + level * 6)}%)`;
  const box = `x="${round(place.x)}" y="${round(place.y)}" width="${round(place.width)}" height="${round(place.height)}"`;
  const shownPath = path === '' ? '/' : path;
  const lines = [
    `<rect ${box} fill="${colour}"><title>${escapeHtml(shownPath)} ${formatBytes(node.sizeBytes)}</title></rect>`,
  ];
  const hasTitle = place.width > 30 && place.height > titleHeight;
  if (hasTitle) {
    const label = `${level === 0 ? '/' : node.name} ${formatBytes(node.sizeBytes)}`;
    const room = Math.floor((place.width - 6) / 6);
    const shown = label.length > room ? `${label.slice(0, Math.max(1, room - 1))}…` : label;
    lines.push(`<text x="${round(place.x + 3)}" y="${round(place.y + 11)}">${escapeHtml(shown)}</text>`);
  }
  if (node.children.length === 0 || level >= deepestLevel) return lines;
  const inside: Rectangle = {
    x: place.x + 2,
    y: place.y + (hasTitle ? titleHeight : 2),
    width: place.width - 4,
    height: place.height - (hasTitle ? titleHeight : 2) - 2,
  };
  const children = [...node.children].sort((left, right) => right.sizeBytes - left.sizeBytes);
  const places = squarify(
    children.map((child) => child.sizeBytes),
    inside,
  );
  for (const [index, child] of children.entries()) {
    const childPlace = places[index];
    if (childPlace === undefined) continue;
    const childHue = level === 0 ? Math.round((index * 137.5) % 360) : hue;
    lines.push(
      ...drawNode({ node: child, path: `${path}/${child.name}`, place: childPlace, level: level + 1, hue: childHue }),
    );
  }
  return lines;
}

function formatTable(heading: string, rows: readonly SizeRow[]): string {
  const lines = rows.map(
    ({ name, sizeBytes }) => `<tr><td>${formatBytes(sizeBytes)}</td><td>${escapeHtml(name)}</td></tr>`,
  );
  const body = lines.length === 0 ? '<p>nothing is known</p>' : `<table>\n${lines.join('\n')}\n</table>`;
  return `<div>\n<h2>${escapeHtml(heading)}</h2>\n${body}\n</div>`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Also of names that are no text: control characters show as a question mark. */
function escapeHtml(text: string): string {
  return text
    .replace(/\p{Cc}/gu, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
