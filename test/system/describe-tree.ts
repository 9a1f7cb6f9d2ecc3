import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Prints what a tree holds as JSON: each path with kind, content, mode, owner, time, links and extended attributes.
 *
 * Names are bytes, shown one character each (latin1), so that names which are no UTF-8 count too. A program of its own,
 * so that it can be started where an image is mounted.
 */
const [rootDirectory = '.'] = process.argv.slice(2);
const attributes = readAttributes(rootDirectory);
const firstNames = new Map<number, string>();
const description: Record<string, string> = {};
describe('.');
process.stdout.write(JSON.stringify(description));

function describe(path: string): void {
  const absolute = Buffer.from(`${rootDirectory}/${path}`, 'latin1');
  const status = lstatSync(absolute);
  const firstName = firstNames.get(status.ino) ?? path;
  if (!status.isDirectory() && status.nlink > 1) firstNames.set(status.ino, firstName);
  description[path] = [
    content(),
    (status.mode & 0o7777).toString(8),
    `${status.uid}:${status.gid}`,
    `@${Math.floor(status.mtimeMs / 1000)}`,
    ...(firstName === path ? [] : [`same as ${firstName}`]),
    ...(attributes.get(path) ?? []),
  ].join(' ');
  if (!status.isDirectory()) return;
  const names = readdirSync(absolute, { encoding: 'latin1' as BufferEncoding }).sort();
  for (const name of names) describe(path === '.' ? name : `${path}/${name}`);

  function content(): string {
    if (status.isSymbolicLink()) return `link ${readlinkSync(absolute, 'latin1')}`;
    if (status.isDirectory()) return 'directory';
    if (status.isFIFO()) return 'pipe';
    if (!status.isFile()) return `device ${status.rdev}`;
    return `file ${status.size} ${createHash('sha256').update(readFileSync(absolute)).digest('hex')}`;
  }
}

/** getfattr writes odd bytes of names as three octal digits. */
function readAttributes(directory: string): ReadonlyMap<string, readonly string[]> {
  const words = ['--recursive', '--physical', '--no-dereference', '--dump', '--match=-', '--encoding=hex', '.'];
  const { status, stdout, stderr } = spawnSync('getfattr', words, { cwd: directory, encoding: 'latin1' });
  if (status !== 0) throw new Error(`getfattr: ${stderr}`);
  const blocks = stdout.split('\n\n').map((block) => block.split('\n'));
  return new Map(
    blocks
      .filter(([title]) => title?.startsWith('# file: '))
      .map(([title = '', ...values]) => [
        title
          .slice('# file: '.length)
          .replace(/\\(\d{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8))),
        values.filter((value) => value !== '').sort(),
      ]),
  );
}
