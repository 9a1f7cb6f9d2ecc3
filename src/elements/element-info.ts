import { stringify } from 'yaml';
import type { ElementSet } from '../model/element.js';
import { compareBytes } from './byte-order.js';

/** The text of `element-info NAME…`: the names of the build's elements in order, on one line. */
export function formatElementNames(elementSet: ElementSet): string {
  return `${namesOf(elementSet)}\n`;
}

/**
 * The text of `element-info --env NAME…`, to be evaluated by bash: `IMAGE_ELEMENT`, `IMAGE_ELEMENT_YAML` and the
 * function `get_image_element_array`. Safe for any path and name.
 */
export function formatElementEnvironment(elementSet: ElementSet): string {
  return [
    `export IMAGE_ELEMENT=${quoteForShell(namesOf(elementSet))}`,
    `export IMAGE_ELEMENT_YAML=${quoteForShell(elementYaml(elementSet))}`,
    'function get_image_element_array {',
    `  echo ${quoteArray(elementArray(elementSet))}`,
    '};',
    'export -f get_image_element_array;',
    '',
  ].join('\n');
}

/**
 * What {@link formatElementEnvironment} exports, as environment variables.
 *
 * The function is in the form in which bash hands exported functions on (`BASH_FUNC_name%%`, since bash 4.3 with the
 * Shellshock patches); shells other than bash ignore it.
 */
export function elementVariables(elementSet: ElementSet): Readonly<Record<string, string>> {
  return {
    IMAGE_ELEMENT: namesOf(elementSet),
    IMAGE_ELEMENT_YAML: elementYaml(elementSet),
    'BASH_FUNC_get_image_element_array%%': `() {  echo ${quoteArray(elementArray(elementSet))}\n}`,
  };
}

function namesOf({ elements }: ElementSet): string {
  return elements.map(({ name }) => name).join(' ');
}

/** A block map of names and directories, sorted by name; quoted for YAML 1.1 readers where it must be. */
function elementYaml(elementSet: ElementSet): string {
  // Pair by pair: for a whole Map, YAML 1.1 mode writes an ordered-map tag, and an object would sort numbers first.
  return sortedPairs(elementSet)
    .map(([name, directory]) => stringify({ [name]: directory }, { version: '1.1', lineWidth: 0 }))
    .join('');
}

/** The words of a bash array: `[name]=/directory`, each followed by a blank. */
function elementArray(elementSet: ElementSet): string {
  return sortedPairs(elementSet)
    .map(([name, directory]) => `[${quoteWord(name)}]=${quoteWord(directory)} `)
    .join('');
}

function sortedPairs({ elements }: ElementSet): [string, string][] {
  return elements
    .map(({ name, directory }): [string, string] => [name, directory])
    .sort(([one], [other]) => compareBytes(one, other));
}

/**
 * A word that survives `eval declare -A a=($(get_image_element_array))`: word splitting, then a second reading by the
 * shell. So it holds no blank and no quote that splitting would tear apart: bytes other than plain ones are written as
 * `\xHH` in `$'…'`.
 */
function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  const escaped = [...Buffer.from(word)].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[\w@%+=:,./-]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  // A hexadecimal escape takes at most two digits, so a digit that follows is safe.
  return `$'${escaped.join('')}'`;
}

function quoteArray(text: string): string {
  return /^[\w@%+=:,./\-[\] ]*$/.test(text) ? `"${text}"` : quoteForShell(text);
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
