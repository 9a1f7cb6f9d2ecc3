import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  chmod,
  chown,
  link,
  lstat,
  lutimes,
  mkdir,
  open,
  readdir,
  readlink,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';

/** File capability `cap_net_raw=ep`, as setcap writes it (`struct vfs_cap_data`, revision 2). */
const capability = '0x0100000200200000000000000000000000000000';

/**
 * A tree with what trees hold: owners, modes, set-id bits, links of both kinds, names that need quoting, a file
 * with a hole, extended attributes, an empty directory. Needs root.
 */
export async function makeSampleTree(directory: string): Promise<void> {
  for (const name of ['etc', 'bin', 'boot', 'boot/efi', 'var', 'var/log', 'proc', 'empty', 'with blank'])
    await mkdir(join(directory, name));
  await writeFile(join(directory, 'etc/hostname'), 'image\n');
  await writeFile(join(directory, 'etc/shadow'), 'root:*::\n', { mode: 0o640 });
  await chown(join(directory, 'etc/shadow'), 0, 42);
  await writeFile(join(directory, 'bin/ping'), Buffer.alloc(70_000, 'ping'));
  await chmod(join(directory, 'bin/ping'), 0o755);
  execFileSync('setfattr', ['-n', 'security.capability', '-v', capability, join(directory, 'bin/ping')]);
  await writeFile(join(directory, 'bin/su'), 'su');
  await chmod(join(directory, 'bin/su'), 0o4755);
  await link(join(directory, 'bin/ping'), join(directory, 'bin/ping4'));
  await link(join(directory, 'bin/ping'), join(directory, 'etc/ping6'));
  await symlink('../bin/ping', join(directory, 'etc/link'));
  await symlink(`/${'long/'.repeat(30)}`, join(directory, 'etc/long link'));
  await writeFile(join(directory, 'with blank/a: "quoted" #name ä'), 'text');
  execFileSync('setfattr', ['-n', 'user.note', '-v', 'a value', join(directory, 'with blank')]);
  await chown(join(directory, 'with blank'), 100_000, 70_000);
  await chmod(join(directory, 'with blank'), 0o1777);
  await writeFile(join(directory, 'boot/vmlinuz'), Buffer.alloc(300_000, 7));
  await writeFile(join(directory, 'var/log/syslog'), '');
  await chown(join(directory, 'var/log'), 0, 4);
  await chmod(join(directory, 'var/log'), 0o2775);
  execFileSync('mkfifo', [join(directory, 'var/fifo')]);
  const sparse = await open(join(directory, 'var/sparse'), 'w');
  await sparse.write(Buffer.from('end'), 0, 3, 20_000_000);
  await sparse.close();
  for (const path of await pathsBelow(directory)) await lutimes(path, 1_600_000_000, 1_600_000_000);
}

/** One line for each entry of a tree: everything that an image must keep, holes and times left out. */
export async function describeTree(
  directory: string,
  options: { readonly skips?: RegExp; readonly hasTimes?: boolean } = {},
): Promise<readonly string[]> {
  const lines: string[] = [];
  const groups = new Map<string, string>();
  const attributes = attributesBelow(directory);
  for (const path of await pathsBelow(directory)) {
    const name = path.slice(directory.length);
    if (/^\/lost\+found$/.test(name) || options.skips?.test(name) === true) continue;
    const status = await lstat(path);
    const words = [name, status.mode.toString(8), `${status.uid}:${status.gid}`];
    if (status.isFile()) {
      const identity = `${status.dev}:${status.ino}`;
      const first = groups.get(identity) ?? name;
      groups.set(identity, first);
      const content = first === name ? digest(readFileSync(path)) : `same as ${first}`;
      words.push(String(status.size), content, `links=${status.nlink}`);
    }
    if (status.isSymbolicLink()) words.push(await readlink(path));
    if (options.hasTimes === true) words.push(String(Math.floor(status.mtimeMs / 1000)));
    words.push(attributes.get(path) ?? '');
    lines.push(words.join(' | '));
  }
  return lines;
}

async function pathsBelow(directory: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const entry of (await readdir(directory, { withFileTypes: true })).sort((one, other) =>
    one.name < other.name ? -1 : 1,
  )) {
    const path = `${directory}/${entry.name}`;
    paths.push(path);
    if (entry.isDirectory()) paths.push(...(await pathsBelow(path)));
  }
  return paths;
}

/** Extended attributes of all files below, by path; one program for all of them. */
function attributesBelow(directory: string): ReadonlyMap<string, string> {
  const words = ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '--absolute-names', directory];
  const text = execFileSync('getfattr', words, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  return new Map(
    text.split('\n\n').map((block) => {
      const [path = '', ...lines] = block.replace('# file: ', '').split('\n');
      // XFS shows access lists a second time under its own names.
      return [
        path,
        lines
          .filter((line) => !line.startsWith('trusted.SGI_ACL_'))
          .sort()
          .join(' '),
      ];
    }),
  );
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}
