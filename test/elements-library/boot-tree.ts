import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** A small root directory in which hooks run by `chroot`, with the host's `/usr` below it. */
export interface Tree {
  readonly directory: string;
  /** Writes a file at an absolute path of the tree. */
  write(path: string, text: string, mode?: number): void;
  /** Puts a program first on PATH that notes its name and arguments in `/calls` and then does what `body` says. */
  stub(name: string, body?: string): void;
  /** Runs a program of the host in the tree. Extra binds: host path to path in the tree, which must exist. */
  run(
    programPath: string,
    options?: {
      readonly environment?: Readonly<Record<string, string>>;
      readonly binds?: Readonly<Record<string, string>>;
      readonly arguments?: readonly string[];
    },
  ): SpawnSyncReturns<string>;
}

/** Makes a tree, removed when the test ends; skips the test and gives undefined where namespaces cannot be made. */
export function openTree(context: TestContext): Tree | undefined {
  const probe = spawnSync('unshare', [...namespaceFlags(), 'true']);
  if (probe.status !== 0) {
    context.skip('needs unshare with a mount namespace');
    return undefined;
  }
  const directory = mkdtempSync(join(tmpdir(), 'boot-tree-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  for (const name of ['usr', 'etc', 'boot', 'tmp', 'proc', 'dev', 'stub', 'hook']) mkdirSync(join(directory, name));
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(directory, name));
  writeFileSync(join(directory, 'dev/null'), '');
  writeFileSync(join(directory, 'hook/program'), '');

  const write: Tree['write'] = (path, text, mode = 0o644) => {
    const full = join(directory, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    chmodSync(full, mode);
  };
  return {
    directory,
    write,
    stub: (name, body = '') =>
      write(`/stub/${name}`, `#!/bin/bash\necho "$(basename "$0")\${*:+ }$*" >>/calls\n${body}\n`, 0o755),
    run(programPath, { environment = {}, binds = {}, arguments: words = [] } = {}) {
      const mounts = Object.entries({ '/dev/null': '/dev/null', [programPath]: '/hook/program', ...binds })
        .map(([from, to]) => `mount --bind '${from}' '${directory}${to}'`)
        .join('\n');
      const script = `set -e\nmount --rbind /usr '${directory}/usr'\n${mounts}\nexec chroot '${directory}' /hook/program "$@"`;
      return spawnSync('unshare', [...namespaceFlags(), 'bash', '-c', script, 'bash', ...words], {
        encoding: 'utf8',
        // A socket as standard input makes bash believe that a remote shell started it, and read ~/.bashrc.
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: '/stub:/usr/sbin:/usr/bin', LC_ALL: 'C', ...environment },
      });
    },
  };
}

/** The records of a table of the layout, fields joined by tabs. */
export function tableOf(records: readonly (readonly string[])[]): string {
  return records.map((fields) => `${fields.join('\t')}\n`).join('');
}

const rootUuid = '11111111-2222-3333-4444-555555555555';

/** One MBR partition. */
export const mbrTable = tableOf([
  ['disk', '/dev/image0', 'name=image0', 'sector=512', 'partmap=msdos'],
  ['partition', '/dev/image0p1', 'name=root', 'disk=/dev/image0', 'partmap=msdos', 'number=1', 'start=2048', 'count=9'],
  [
    'mount',
    '/',
    'fs=ext4',
    `uuid=${rootUuid}`,
    'label=cloudimg-rootfs',
    'device=/dev/image0p1',
    'disk=/dev/image0',
    'partmap=msdos',
    'number=1',
    'partuuid=1a2b3c4d-01',
    'parttype=83',
  ],
]);

/** ESP, BIOS boot partition, a file system for /boot, and the root on a volume. */
export const efiTable = tableOf([
  ['# a comment'],
  ['disk', '/dev/image0', 'name=image0', 'sector=512', 'partmap=gpt'],
  [
    'partition',
    '/dev/image0p2',
    'name=BSP',
    'disk=/dev/image0',
    'partmap=gpt',
    'number=2',
    'start=1128448',
    'count=16384',
    'parttype=21686148-6449-6E6F-744E-656564454649',
  ],
  [
    'mount',
    '/boot/efi',
    'fs=vfat',
    'uuid=1A2B-3C4D',
    'label=MKFS_ESP',
    'device=/dev/image0p1',
    'disk=/dev/image0',
    'partmap=gpt',
    'number=1',
    'parttype=C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  ],
  [
    'mount',
    '/boot',
    'fs=xfs',
    'uuid=99999999-2222-3333-4444-555555555555',
    'label=my boot',
    'device=/dev/image0p3',
    'disk=/dev/image0',
    'partmap=gpt',
    'number=3',
  ],
  [
    'mount',
    '/',
    'fs=ext4',
    `uuid=${rootUuid}`,
    'label=img-rootfs',
    'device=/dev/mapper/my--vg-root',
    'disk=/dev/image0',
    'partmap=gpt',
    'vg=my-vg',
    'lv=root',
  ],
]);

function namespaceFlags(): readonly string[] {
  const flags = ['--mount', '--propagation', 'private'];
  return process.getuid?.() === 0 ? flags : ['--user', '--map-root-user', ...flags];
}
