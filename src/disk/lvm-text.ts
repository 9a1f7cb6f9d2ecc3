/** A section of lvm2's text metadata. */
export interface LvmSection {
  readonly values: Readonly<Record<string, LvmValue>>;
  readonly sections: Readonly<Record<string, LvmSection>>;
}

/** A value of lvm2's text metadata. */
export type LvmValue = string | number | readonly LvmValue[];

/**
 * Reads text metadata: `name { … }`, `key = value`, comments from `#`. Lenient, as it reads what others wrote: what
 * it cannot make sense of is skipped.
 */
export function parseLvmText(text: string): LvmSection {
  const tokens = [...text.matchAll(/#[^\n]*|"((?:[^"\\]|\\.)*)"|[{}[\],=]|[^\s{}[\],="#]+/g)].filter(
    ([word]) => !word.startsWith('#'),
  );
  let at = 0;
  const peek = () => tokens[at]?.[0];
  const decode = (token: RegExpMatchArray): LvmValue => {
    if (token[1] !== undefined) return token[1].replace(/\\(.)/g, '$1');
    return /^-?\d+$/.test(token[0]) ? Number(token[0]) : token[0];
  };
  const readValue = (): LvmValue => {
    const token = tokens[at];
    at += 1;
    if (token === undefined) return '';
    if (token[0] !== '[') return decode(token);
    const list: LvmValue[] = [];
    while (at < tokens.length && peek() !== ']') {
      if (peek() === ',') at += 1;
      else list.push(readValue());
    }
    at += 1;
    return list;
  };
  const readSection = (): LvmSection => {
    const values: Record<string, LvmValue> = {};
    const sections: Record<string, LvmSection> = {};
    while (at < tokens.length && peek() !== '}') {
      const name = peek() ?? '';
      at += 1;
      if (peek() === '{') {
        at += 1;
        sections[name] = readSection();
        at += 1;
      } else if (peek() === '=') {
        at += 1;
        values[name] = readValue();
      }
    }
    return { values, sections };
  };
  return readSection();
}
