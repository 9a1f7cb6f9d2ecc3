import type { Word, WordPart } from 'unbash';
import type { WordUse } from './script-facts.js';

/** Reads what the checks need to know of a word. @param base where nested text counts as being, if it has no place */
export function readWord(word: Word, base?: number): WordUse {
  const offset = base ?? word.pos;
  // The parser takes words apart only when asked, and most words are plain: this halves the time for a script.
  const parts: readonly WordPart[] = plainWord.test(word.text) ? [] : (word.parts ?? []);
  if (parts.length === 0) {
    return {
      text: word.text,
      offset,
      literal: word.value,
      prefix: word.value,
      isLeadingMaybeEmpty: false,
      suffix: '',
      unquotedExpansions: [],
    };
  }
  const flat = flatten(parts, false);
  const firstExpansion = flat.findIndex((piece) => piece.kind === 'expansion');
  const isLiteral = firstExpansion < 0;
  const prefix = textUntilExpansion(flat, 0);
  const leading = prefix === '' && !isLiteral ? flat[firstExpansion] : undefined;
  const variable = leading?.kind === 'expansion' ? leading.variable : undefined;
  return {
    text: word.text,
    offset,
    ...(isLiteral ? { literal: prefix } : {}),
    prefix,
    ...(variable === undefined ? {} : { leadingVariable: variable }),
    isLeadingMaybeEmpty: leading?.kind === 'expansion' && leading.isMaybeEmpty,
    suffix: leading === undefined ? '' : textUntilExpansion(flat, firstExpansion + 1),
    unquotedExpansions: flat.flatMap((piece) =>
      piece.kind === 'expansion' && !piece.isQuoted && piece.isSplit ? [piece.text] : [],
    ),
  };
}

const plainWord = /^[\w./:@%+,=-]*$/;

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'expansion';
      readonly text: string;
      readonly variable?: string;
      readonly isQuoted: boolean;
      readonly isMaybeEmpty: boolean;
      /** Whether its value can fall apart into words: numbers cannot. */
      readonly isSplit: boolean;
    };

function flatten(parts: readonly WordPart[], isQuoted: boolean): Piece[] {
  return parts.flatMap((part): Piece[] => {
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        return [{ kind: 'text', text: part.value }];
      case 'DoubleQuoted':
      case 'LocaleString':
        return flatten(part.parts, true);
      case 'SimpleExpansion': {
        const name = part.text.replace(/^\$/, '');
        const isNumber = /^[#?$!]$/.test(name);
        return [expansion({ text: part.text, variable: name, isQuoted, isMaybeEmpty: false, isSplit: !isNumber })];
      }
      case 'ParameterExpansion': {
        const { operation } = part;
        const isMaybeEmpty =
          operation?.type === 'Default' && /^:?[-+]$/.test(operation.operator) && operation.operand.text === '';
        return [
          expansion({
            text: part.text,
            variable: part.parameter,
            isQuoted,
            isMaybeEmpty,
            isSplit: part.prefix !== '#' && !/^[#?$!]$/.test(part.parameter) && operation?.type !== 'Transform',
          }),
        ];
      }
      case 'ArithmeticExpansion':
        return [expansion({ text: part.text, isQuoted, isMaybeEmpty: false, isSplit: false })];
      case 'CommandExpansion':
        return [expansion({ text: part.text, isQuoted, isMaybeEmpty: false, isSplit: true })];
      case 'ProcessSubstitution':
        return [expansion({ text: part.text, isQuoted, isMaybeEmpty: false, isSplit: false })];
      default:
        return [{ kind: 'text', text: part.text }];
    }
  });
}

function expansion(piece: {
  readonly text: string;
  readonly variable?: string;
  readonly isQuoted: boolean;
  readonly isMaybeEmpty: boolean;
  readonly isSplit: boolean;
}): Piece {
  return { kind: 'expansion', ...piece };
}

function textUntilExpansion(pieces: readonly Piece[], from: number): string {
  let text = '';
  for (const piece of pieces.slice(from)) {
    if (piece.kind === 'expansion') break;
    text += piece.text;
  }
  return text;
}
