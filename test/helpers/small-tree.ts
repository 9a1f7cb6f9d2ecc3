import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const directories = ['bin', 'usr/bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'root', 'var/log', 'made'];
const programs = [
  'bash',
  'env',
  'cat',
  'ls',
  'mkdir',
  'rm',
  'mv',
  'cp',
  'ln',
  'chmod',
  'chown',
  'touch',
  'sleep',
  'sort',
  'grep',
  'readlink',
  'mkfifo',
  'dirname',
];

/** Makes a root file system in which bash and the core programs of this machine run. */
export function makeSmallTree(root: string): void {
  for (const directory of directories) mkdirSync(`${root}/${directory}`, { recursive: true });
  chmodSync(`${root}/tmp`, 0o1777);
  writeFileSync(`${root}/etc/passwd`, 'root:x:0:0:root:/root:/bin/bash\n');
  const copied = new Set<string>();
  for (const program of programs) {
    const path = ['/usr/bin', '/bin']
      .map((directory) => `${directory}/${program}`)
      .find((candidate) => existsSync(candidate));
    if (path === undefined) throw new Error(`${program} is not on this machine`);
    copyFileSync(realpathSync(path), `${root}/usr/bin/${program}`);
    for (const [library = ''] of execFileSync('ldd', [path], { encoding: 'utf8' }).matchAll(/\/\S+/g)) {
      if (copied.has(library)) continue;
      copied.add(library);
      mkdirSync(`${root}${dirname(library)}`, { recursive: true });
      copyFileSync(realpathSync(library), `${root}${library}`);
    }
  }
  symlinkSync('../usr/bin/bash', `${root}/bin/bash`);
  symlinkSync('../usr/bin/bash', `${root}/bin/sh`);
}
