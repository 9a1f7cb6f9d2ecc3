import { type GptType, gptTypeTable } from './gpt-type-table.js';
import { nearestWord } from './nearest-word.js';

/** An MBR type byte, or why the text is none. Hexadecimal with or without `0x`. */
export function readMbrType(text: string): number | { readonly reason: string } {
  const [, digits] = /^(?:0x)?([0-9a-f]+)$/i.exec(text) ?? [];
  if (digits === undefined) return { reason: 'not a hexadecimal byte such as 83' };
  const type = Number.parseInt(digits, 16);
  if (type > 0xff) return { reason: 'an MBR type is one byte, 01 to FF; four digits are for gpt' };
  if (type === 0) return { reason: 'type 00 marks an entry that is not used' };
  if ([0x05, 0x0f, 0x85].includes(type))
    return { reason: 'extended partitions are made by themselves for partitions without the flag primary' };
  return type;
}

/** A GPT type: its GUID in upper case, and the short code when it was written so. Or why the text is none. */
export function readGptType(
  text: string,
): { readonly typeGuid: string; readonly typeCode?: string } | { readonly reason: string } {
  const word = text.toUpperCase();
  if (/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/.test(word)) return { typeGuid: word };
  const [, code] = /^(?:0X)?([0-9A-F]{4})$/.exec(word) ?? [];
  if (code === undefined) return { reason: 'not four hexadecimal digits such as 8300 and not a GUID' };
  const known = Object.entries<GptType>(gptTypeTable).find(([candidate]) => candidate === code)?.[1];
  if (known !== undefined) return { typeGuid: known.guid, typeCode: code };
  const nearest = nearestWord(code, Object.keys(gptTypeTable));
  return {
    reason: `a code that is not known${nearest === undefined ? '' : `; did you mean ${nearest}?`} A GUID is taken too`,
  };
}
