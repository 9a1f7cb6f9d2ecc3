import { createHash } from 'node:crypto';
import {
  chmod,
  chown,
  link,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { openTestPorts } from './open-test-ports.js';

/** A time of modification before any other in the tests. */
const oldSeconds = 1_500_000_000;

/**
 * Makes a tree with everything that archives tend to lose: owners, setuid, hard and symbolic links, extended
 * attributes, holes, odd names, dot-files, empty directories; and what must stay out: device nodes, kernel files.
 */
export async function makeSampleTree(directory: string): Promise<void> {
  const { programs } = openTestPorts();
  const at = (path: string): string => join(directory, path);
  const directories = ['bin', 'dev', 'dev/pts', 'etc', 'etc/dev', 'home', 'lost+found', 'proc', 'srv', 'sys', 'tmp'];
  for (const path of [...directories, 'proc/1', 'sys/.hidden']) await mkdir(at(path), { recursive: true });
  await writeFile(at('.autorelabel'), '');
  await writeFile(at('bin/su'), '#!/bin/sh\n');
  await chmod(at('bin/su'), 0o4755);
  await writeFile(at('bin/ping'), 'ping');
  await writeFile(at('etc/first'), 'linked\n');
  await link(at('etc/first'), at('etc/second'));
  await link(at('etc/first'), at('home/third'));
  await symlink('./etc/first', at('relative-link'));
  await symlink('/etc/first', at('etc/absolute-link'));
  await symlink('nowhere', at('etc/dangling'));
  await writeFile(at('etc/dev/kept'), 'not a device');
  await writeFile(at('dev/.hidden'), '');
  await writeFile(at('proc/1/status'), '');
  await writeFile(at('srv/name with  blanks'), 'a');
  await writeFile(at('srv/näme-日本'), 'b');
  await writeFile(at('srv/line\nend'), 'c');
  await writeFile(at('srv/-dash'), 'd');
  await writeFile(at('srv/back\\slash'), 'e');
  await writeFile(at(`srv/${'long'.repeat(60)}`), 'f');
  await writeFile(at('srv/sparse'), 'start');
  await truncate(at('srv/sparse'), 3 * 1024 * 1024 + 17);
  await chmod(at('tmp'), 0o1777);
  await chmod(at('home'), 0o2750);
  await chown(at('srv/-dash'), 33, 33);
  await chown(at('home'), 1234, 70_000);
  await programs.require({ program: 'mknod', arguments: [at('dev/null'), 'c', '1', '3'] });
  await programs.require({ program: 'mknod', arguments: [at('dev/sda'), 'b', '8', '0'] });
  await programs.require({ program: 'setcap', arguments: ['cap_net_raw+ep', at('bin/ping')] });
  await programs.require({ program: 'setfattr', arguments: ['-n', 'user.note', '-v', 'two words', at('etc/first')] });
  await programs.require({ program: 'setfattr', arguments: ['-n', 'user.note', '-v', 'on a directory', at('srv')] });
  for (const path of (await listPaths(directory)).reverse()) {
    const set = (await lstat(at(path))).isSymbolicLink() ? lutimes : utimes;
    await set(at(path), oldSeconds, oldSeconds);
  }
}

/** What a tree holds, one entry for each path, to be compared as a whole; what stays out of images is left out. */
export async function describeTree(directory: string): Promise<Readonly<Record<string, string>>> {
  const description: Record<string, string> = {};
  const firstNames = new Map<number, string>();
  const xattrs = await readXattrs(directory);
  const paths = (await listPaths(directory)).filter((path) => !/^(dev|proc|sys)\/|^lost\+found/.test(path));
  for (const path of paths) {
    const absolute = join(directory, path);
    const status = await lstat(absolute);
    const content = status.isSymbolicLink()
      ? `link ${await readlink(absolute)}`
      : status.isFile()
        ? `file ${status.size} ${createHash('sha256')
            .update(await readFile(absolute))
            .digest('hex')}`
        : status.isDirectory()
          ? 'directory'
          : 'special';
    const firstName = status.isFile() && status.nlink > 1 ? firstNames.get(status.ino) : undefined;
    if (status.isFile() && firstName === undefined) firstNames.set(status.ino, path);
    description[path] = [
      content,
      (status.mode & 0o7777).toString(8),
      `${status.uid}:${status.gid}`,
      `@${Math.floor(status.mtimeMs / 1000)}`,
      ...(firstName === undefined ? [] : [`same as ${firstName}`]),
      ...(xattrs.get(path) ?? []),
    ].join(' ');
  }
  return description;
}

/** All paths of a tree, parents first, relative to it, `.` for itself. */
export async function listPaths(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true });
  return ['.', ...entries.sort()];
}

async function readXattrs(directory: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const { programs } = openTestPorts();
  const { stdout } = await programs.require({
    program: 'getfattr',
    arguments: ['--recursive', '--physical', '--no-dereference', '--dump', '--match=-', '--encoding=hex', '.'],
    workingDirectory: directory,
  });
  const byPath = new Map<string, readonly string[]>();
  for (const block of stdout.split('\n\n')) {
    const [title, ...values] = block.split('\n');
    if (title === undefined || !title.startsWith('# file: ')) continue;
    byPath.set(title.slice('# file: '.length), values.sort());
  }
  return byPath;
}
