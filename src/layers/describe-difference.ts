import { compareLines } from './compare-lines.js';
import type { InputDifference } from './gather-inputs.js';

/** What is known of inputs beside their digests. */
export interface InputTexts {
  /** What was kept for a digest when it was recorded, see `kept-texts.ts`. */
  readonly recorded: (digest: string) => string | undefined;
  /** The same as it is now. */
  readonly now: (kind: InputDifference['kind'], name: string) => string | undefined;
  /** The element that has, or had, the file of this path in the staging directory. */
  readonly elementOf: (path: string) => string | undefined;
  /** The hook, `phase.d/name`, that made the file in the staging directory in this build. */
  readonly makerOf: (path: string) => string | undefined;
  /** The environment file that sets, or set, the variable: `element/environment.d/name`. */
  readonly setterOf: (variable: string) => string | undefined;
}

/** A difference in words: the element, the line of the file, the names that came and went, where known. */
export function describeDifference(difference: InputDifference, texts: InputTexts): string {
  const { kind, name, change } = difference;
  switch (kind) {
    case 'files': {
      const detail = change === 'changed' ? describeFileChange(difference, texts) : undefined;
      return `file ${name}${originOf(name, texts)} ${change}${detail === undefined ? '' : `: ${detail}`}`;
    }
    case 'variables': {
      const setter = texts.setterOf(name);
      return `variable ${name} ${change}${setter === undefined ? '' : ` (set by ${setter})`}`;
    }
    case 'archives':
      return `archive ${name} ${change}`;
    case 'host':
      return `host: ${name} ${change}`;
    case 'mounts':
      return `what is mounted at ${name} ${change}`;
    case 'listings':
      return `names in ${name === '' ? 'the staging directory' : name} ${change}${describeNames(difference, texts, (path) => (name === '' ? path : `${name}/${path}`))}`;
    default: {
      const place = name === 'others' ? 'the staging directory outside of phases' : `${name}.d`;
      return `names in ${place} ${change}${describeNames(difference, texts, (path) => path)}`;
    }
  }
}

function originOf(path: string, texts: InputTexts): string {
  const maker = texts.makerOf(path);
  if (maker !== undefined) return ` made by ${maker}`;
  const element = texts.elementOf(path);
  return element === undefined ? '' : ` of element ${element}`;
}

/** The first line of a kept file is its mode. */
function describeFileChange(difference: InputDifference, texts: InputTexts): string | undefined {
  const then = difference.recorded === undefined ? undefined : texts.recorded(difference.recorded);
  const now = texts.now('files', difference.name);
  if (then === undefined || now === undefined) return undefined;
  const [oldMode, oldText] = cutFirstLine(then);
  const [newMode, newText] = cutFirstLine(now);
  const mode = oldMode === newMode ? undefined : `mode ${oldMode} became ${newMode}`;
  return [mode, compareLines(oldText, newText)].filter((part) => part !== undefined).join(', ') || undefined;
}

function cutFirstLine(text: string): readonly [string, string] {
  const at = text.indexOf('\n');
  return [text.slice(0, at), text.slice(at + 1)];
}

/** How many names are told, at most. */
const shownNames = 3;

function describeNames(difference: InputDifference, texts: InputTexts, pathOf: (name: string) => string): string {
  const then = difference.recorded === undefined ? undefined : texts.recorded(difference.recorded);
  const now = texts.now(difference.kind, difference.name);
  if (difference.change !== 'changed' || then === undefined || now === undefined) return '';
  const before = byName(then);
  const after = byName(now);
  const changes = [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
    const [old, fresh] = [before.get(name), after.get(name)];
    if (old === fresh) return [];
    const change = old === undefined ? 'is new' : fresh === undefined ? 'is gone' : `was ${old}, is ${fresh}`;
    const path = pathOf(name === '' ? '.' : name);
    return [`${path}${originOf(path, texts)} ${change}`];
  });
  if (changes.length === 0) return '';
  const rest = changes.length - shownNames;
  return `: ${changes.slice(0, shownNames).join(', ')}${rest > 0 ? `, and ${rest} more` : ''}`;
}

/** Lines of path, then kind with mode, owner and link text; listings have only names. */
function byName(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').slice(0, -1);
  return new Map(
    lines.map((line) => {
      const [name = '', ...rest] = line.split('\t');
      return [name, rest.filter((field) => field !== '').join(' ')];
    }),
  );
}
