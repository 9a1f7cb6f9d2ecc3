import { BuildError } from '../base/build-error.js';

/** Names that run when `RUN_PARTS_REGEX` is not set. */
export const defaultHookNamePattern = '^[0-9A-Za-z_-]+$';

/** What POSIX classes mean in the C locale (POSIX.1-2017 §9.3.5). */
const characterClasses: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e',
  space: ' \\t-\\r',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/**
 * Turns a POSIX extended regular expression for hook names, as `grep -E` takes it, into a JavaScript one.
 *
 * Bracket expressions with classes are translated, a backslash inside brackets is literal; the rest is the same in both
 * languages for what hook names need.
 *
 * @throws BuildError `VARIABLE_INVALID`
 */
export function compileHookNamePattern(pattern: string): RegExp {
  try {
    return new RegExp(translate(pattern));
  } catch (error) {
    throw new BuildError({
      code: 'VARIABLE_INVALID',
      message: `RUN_PARTS_REGEX "${pattern}" is not an extended regular expression`,
      hint: `the default is ${defaultHookNamePattern}`,
      cause: error,
    });
  }
}

function translate(pattern: string): string {
  let text = '';
  let at = 0;
  while (at < pattern.length) {
    const character = pattern.charAt(at);
    if (character === '\\') {
      text += pattern.slice(at, at + 2);
      at += 2;
    } else if (character === '[') {
      const bracket = /^\[(\^?)(\]?(?:\[:[a-z]+:\]|[^\]])*)\]/.exec(pattern.slice(at));
      if (bracket === null) throw new SyntaxError('unmatched [');
      text += `[${bracket[1] ?? ''}${translateBracket(bracket[2] ?? '')}]`;
      at += bracket[0].length;
    } else {
      text += character;
      at += 1;
    }
  }
  return text;
}

function translateBracket(content: string): string {
  return content.replace(/\[:([a-z]+):\]|[\\[\]^]/g, (found, name: string | undefined) => {
    if (name === undefined) return `\\${found}`;
    const translation = characterClasses[name];
    if (translation === undefined) throw new SyntaxError(`unknown class ${name}`);
    return translation;
  });
}
