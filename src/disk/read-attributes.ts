import { BuildError } from '../base/build-error.js';
import type { Ports } from '../model/ports.js';

/** An extended attribute as the kernel names it, for example `security.capability`. */
export interface ExtendedAttribute {
  readonly name: string;
  readonly value: Buffer;
}

/**
 * All extended attributes of a tree, by absolute path; files without any are not listed.
 *
 * @throws BuildError `PROGRAM_MISSING` without getfattr: attributes would be lost in silence
 */
export async function readAttributes(
  treeDirectory: string,
  ports: Ports,
): Promise<ReadonlyMap<string, readonly ExtendedAttribute[]>> {
  if (ports.programs.find('getfattr') === undefined)
    throw new BuildError({
      code: 'PROGRAM_MISSING',
      message: 'program "getfattr" not found: it reads file capabilities and other extended attributes of the tree',
      hint: 'install the package attr',
    });
  const { stdout } = await ports.programs.require({
    program: 'getfattr',
    arguments: ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '--absolute-names', '--', treeDirectory],
  });
  const attributes = new Map<string, ExtendedAttribute[]>();
  let current: ExtendedAttribute[] = [];
  for (const line of stdout.split('\n')) {
    if (line.startsWith('# file: ')) {
      current = [];
      attributes.set(unescapeOctal(line.slice('# file: '.length)), current);
    } else if (line !== '') {
      const equals = line.indexOf('=0x');
      const name = unescapeOctal(equals < 0 ? line.replace(/=("")?$/, '') : line.slice(0, equals));
      current.push({ name, value: equals < 0 ? Buffer.alloc(0) : Buffer.from(line.slice(equals + 3), 'hex') });
    }
  }
  return attributes;
}

/** getfattr writes line ends, `=` and backslashes as `\ooo`. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
