/** Longer lines are cut for people. */
const shownLength = 100;

/** Says in which lines two texts differ: `line 3: "a" became "b"`. Undefined when they do not, or are not text. */
export function compareLines(before: string, after: string): string | undefined {
  if (before === after || isBinary(before) || isBinary(after)) return undefined;
  const then = linesOf(before);
  const now = linesOf(after);
  let start = 0;
  while (start < then.length && start < now.length && then[start] === now[start]) start += 1;
  let end = 0;
  while (
    end < then.length - start &&
    end < now.length - start &&
    then[then.length - 1 - end] === now[now.length - 1 - end]
  )
    end += 1;
  const removed = then.slice(start, then.length - end);
  const added = now.slice(start, now.length - end);
  if (removed.length === 0 && added.length === 0) return 'the end of the last line';
  if (removed.length <= 1 && added.length <= 1) {
    const [old, fresh] = [removed[0], added[0]];
    if (old === undefined) return `line ${start + 1} is new: ${show(fresh)}`;
    if (fresh === undefined) return `line ${start + 1} is gone: ${show(old)}`;
    return `line ${start + 1}: ${show(old)} became ${show(fresh)}`;
  }
  const range = (count: number): string =>
    count === 1 ? `line ${start + 1}` : `lines ${start + 1} to ${start + count}`;
  if (removed.length === 0) return `${range(added.length)} are new: ${show(added[0])} …`;
  if (added.length === 0) return `${range(removed.length)} are gone: ${show(removed[0])} …`;
  return `${range(removed.length)}: ${show(removed[0])} … became ${show(added[0])} …`;
}

function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

function isBinary(text: string): boolean {
  return text.includes('\0');
}

function show(line = ''): string {
  const text = line.replace(/\t/g, ' ').trim();
  return `"${text.length > shownLength ? `${text.slice(0, shownLength)}…` : text}"`;
}
