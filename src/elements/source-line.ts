import type { Variables } from './package-filter.js';

/** A line split as a shell would, or why it cannot be; columns count from 1. */
export type SplitLine =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'fault'; readonly column: number; readonly reason: string };

/**
 * Splits a line of a source-repository file into words and puts variables in: `$NAME`, `${NAME}`, `${NAME:-text}`.
 *
 * Quotes and backslashes mean what they mean to a shell, a word that begins with `#` ends the line. Nothing is ever
 * run: a command substitution is a fault.
 */
export function splitSourceLine(line: string, environment: Variables): SplitLine {
  const words: string[] = [];
  let word: string | undefined;
  let position = 0;
  let quote: '"' | "'" | undefined;
  const fault = (reason: string): SplitLine => ({ kind: 'fault', column: position + 1, reason });
  while (position < line.length) {
    const character = line[position] ?? '';
    if (quote === "'") {
      if (character === "'") quote = undefined;
      else word = (word ?? '') + character;
      position += 1;
    } else if (character === '\\') {
      const next = line[position + 1];
      if (next === undefined) return fault('a backslash at the end');
      word = (word ?? '') + (quote === '"' && !'$`"\\'.includes(next) ? `\\${next}` : next);
      position += 2;
    } else if (character === '"' || (character === "'" && quote === undefined)) {
      quote = character === quote ? undefined : character;
      word = word ?? '';
      position += 1;
    } else if (character === '`' || line.startsWith('$(', position)) {
      return fault('commands are not run here: set a variable in environment.d instead');
    } else if (character === '$') {
      const expansion = expandVariable(line.slice(position), environment);
      if ('reason' in expansion) return fault(expansion.reason);
      if (quote === '"') {
        word = (word ?? '') + expansion.text;
      } else {
        // Blanks in an unquoted value separate words.
        const parts = expansion.text.split(/[ \t\n]+/);
        parts.forEach((part, index) => {
          if (index > 0 && word !== undefined) {
            words.push(word);
            word = undefined;
          }
          if (part !== '') word = (word ?? '') + part;
        });
      }
      position += expansion.length;
    } else if (quote === undefined && /[ \t\r]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      position += 1;
    } else if (quote === undefined && word === undefined && character === '#') {
      break;
    } else {
      word = (word ?? '') + character;
      position += 1;
    }
  }
  if (quote !== undefined) return fault(`a ${quote} without its end`);
  if (word !== undefined) words.push(word);
  return { kind: 'words', words };
}

type Expansion = { readonly text: string; readonly length: number } | { readonly reason: string };

/** @param text begins with a dollar sign */
function expandVariable(text: string, environment: Variables): Expansion {
  const parts = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?-)([^}]*))?\})/.exec(text);
  if (parts === null) return { reason: 'only $NAME, ${NAME} and ${NAME:-text} can be used' };
  const [whole, plainName, bracedName, operator, fallback = ''] = parts;
  const name = plainName ?? bracedName ?? '';
  const value = environment[name];
  const isMissing = value === undefined || (operator === ':-' && value === '');
  if (!isMissing) return { text: value, length: whole.length };
  if (operator === undefined) return { reason: `${name} is not set` };
  return { text: fallback, length: whole.length };
}
