import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';

const growvols = join(builtinElementsDirectory, 'growvols/static/usr/local/sbin/growvols');

const device = (fields: Readonly<Record<string, string>>): string =>
  ['KNAME', 'PKNAME', 'NAME', 'LABEL', 'TYPE', 'FSTYPE', 'MOUNTPOINT']
    .map((key) => `${key}="${fields[key] ?? ''}"`)
    .join(' ');

/** A disk with ESP, BSP, a configuration partition and a physical volume with three volumes. */
const usualDevices = [
  device({ KNAME: 'sda', NAME: 'sda', TYPE: 'disk' }),
  device({
    KNAME: 'sda1',
    PKNAME: 'sda',
    NAME: 'sda1',
    LABEL: 'MKFS_ESP',
    TYPE: 'part',
    FSTYPE: 'vfat',
    MOUNTPOINT: '/boot/efi',
  }),
  device({ KNAME: 'sda2', PKNAME: 'sda', NAME: 'sda2', TYPE: 'part' }),
  device({ KNAME: 'sda3', PKNAME: 'sda', NAME: 'sda3', TYPE: 'part', FSTYPE: 'LVM2_member' }),
  device({ KNAME: 'sda4', PKNAME: 'sda', NAME: 'sda4', LABEL: 'config-2', TYPE: 'part', FSTYPE: 'iso9660' }),
  device({
    KNAME: 'dm-0',
    PKNAME: 'sda3',
    NAME: 'vg-lv_root',
    LABEL: 'img-rootfs',
    TYPE: 'lvm',
    FSTYPE: 'xfs',
    MOUNTPOINT: '/',
  }),
  device({
    KNAME: 'dm-1',
    PKNAME: 'sda3',
    NAME: 'vg-lv_var',
    LABEL: 'fs_var',
    TYPE: 'lvm',
    FSTYPE: 'xfs',
    MOUNTPOINT: '/var',
  }),
  device({
    KNAME: 'dm-2',
    PKNAME: 'sda3',
    NAME: 'vg-lv_home',
    LABEL: 'fs_home',
    TYPE: 'lvm',
    FSTYPE: 'xfs',
    MOUNTPOINT: '/home',
  }),
  device({
    KNAME: 'dm-3',
    PKNAME: 'sda3',
    NAME: 'vg-lv_srv',
    LABEL: 'fs_srv',
    TYPE: 'lvm',
    FSTYPE: 'ext4',
    MOUNTPOINT: '/srv',
  }),
];

interface Machine {
  readonly devices?: readonly string[];
  readonly disk?: string;
  readonly free?: readonly [number, number];
  readonly groups?: readonly string[];
  readonly volumes?: readonly string[];
  readonly verification?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs growvols among programs that answer what the machine is said to have, and that note what was done. */
function run(context: TestContext, words: readonly string[], machine: Machine = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'growvols-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const disk = machine.disk ?? 'sda';
  mkdirSync(join(directory, 'sys/block', disk, 'queue'), { recursive: true });
  writeFileSync(join(directory, 'sys/block', disk, 'queue/logical_block_size'), '512\n');
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  const program = (name: string, body: string): void => {
    writeFileSync(join(bin, name), `#!/bin/bash\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const note = `echo "$(basename "$0")\${*:+ }$*" >>'${directory}/done'`;
  const say = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return `cat '${join(directory, name)}'`;
  };
  program('lsblk', say('lsblk.txt', `${(machine.devices ?? usualDevices).join('\n')}\n`));
  program('vgs', say('vgs.txt', (machine.groups ?? ['vg']).map((group) => `  ${group}\n`).join('')));
  program('lvs', say('lvs.txt', (machine.volumes ?? []).join('')));
  const [first, last] = machine.free ?? [79267840, 488265727];
  program(
    'sgdisk',
    `case "$1" in
    -v) ${say('verify.txt', machine.verification ?? 'No problems found.\n')} ;;
    --first-aligned-in-largest) printf '%s\\n' ${first} ${last} ;;
    *) ${note} ;;
esac`,
  );
  for (const name of ['partprobe', 'pvcreate', 'vgextend', 'lvextend', 'xfs_growfs', 'multipath']) program(name, note);
  const { status, stdout, stderr } = spawnSync('bash', [growvols, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: `${bin}:/usr/bin:/bin`, GROWVOLS_SYS: join(directory, 'sys'), ...machine.environment },
  });
  let done: string[] = [];
  try {
    done = readFileSync(join(directory, 'done'), 'utf8').trimEnd().split('\n');
  } catch {
    // Nothing was done.
  }
  return { status, stdout, stderr, done };
}

const preparation = (path: string, number = 5, disk = '/dev/sda') => [
  `sgdisk --new=${number}:79267840:488265727 --change-name=${number}:growvols ${disk}`,
  'partprobe',
  `pvcreate -ff --yes ${path}`,
  `vgextend vg ${path}`,
];

test('without arguments all free space goes to the root volume', (context) => {
  assert.deepEqual(run(context, ['--yes']).done, [
    ...preparation('/dev/sda5'),
    'lvextend --size +209396432896B /dev/mapper/vg-lv_root /dev/sda5',
    'xfs_growfs /dev/mapper/vg-lv_root',
  ]);
});

test('shares go to labels and mount points, the rest to the root volume', (context) => {
  const expected = [
    ...preparation('/dev/sda5'),
    'lvextend --size +41871736832B /dev/mapper/vg-lv_home /dev/sda5',
    'lvextend --size +83751862272B /dev/mapper/vg-lv_var /dev/sda5',
    'lvextend --size +83756056576B /dev/mapper/vg-lv_root /dev/sda5',
    'xfs_growfs /dev/mapper/vg-lv_home',
    'xfs_growfs /dev/mapper/vg-lv_var',
    'xfs_growfs /dev/mapper/vg-lv_root',
  ];
  assert.deepEqual(run(context, ['--yes', '/home=20%', 'fs_var=40%']).done, expected);
  assert.deepEqual(
    run(context, ['--yes'], { environment: { GROWVOLS_ARGS: '/home=20%  fs_var=40%', GROWVOLS_GROUP: 'vg' } }).done,
    expected,
  );
});

test('a share for the root volume is added to what remains', (context) => {
  const { done } = run(context, ['--yes', '/=20%', '/home=80%']);
  assert.deepEqual(done.slice(4, 6), [
    'lvextend --size +167516307456B /dev/mapper/vg-lv_home /dev/sda5',
    'lvextend --size +41871736832B /dev/mapper/vg-lv_root /dev/sda5',
  ]);
});

test('volumes in a thin pool grow with their pool', (context) => {
  const volumes = [
    '  lv_home|/dev/mapper/vg-lv_home|Vwi-aotz--|lv_thinpool\n',
    '  lv_root|/dev/mapper/vg-lv_root|Vwi-aotz--|lv_thinpool\n',
    '  lv_thinpool|/dev/mapper/vg-lv_thinpool|twi-aotz--|\n',
    '  lv_var|/dev/mapper/vg-lv_var|Vwi-aotz--|lv_thinpool\n',
  ];
  assert.deepEqual(run(context, ['--yes', '/home=20%', 'fs_var=40%'], { volumes }).done, [
    ...preparation('/dev/sda5'),
    'lvextend --poolmetadatasize +1073741824B vg/lv_thinpool',
    'lvextend -L+207244754944B /dev/mapper/vg-lv_thinpool /dev/sda5',
    'lvextend --size +41439723520B /dev/mapper/vg-lv_home',
    'lvextend --size +82892029952B /dev/mapper/vg-lv_var',
    'lvextend --size +82896224256B /dev/mapper/vg-lv_root',
    'xfs_growfs /dev/mapper/vg-lv_home',
    'xfs_growfs /dev/mapper/vg-lv_var',
    'xfs_growfs /dev/mapper/vg-lv_root',
  ]);
  const { status, stderr } = run(context, ['--yes'], {
    volumes: [...volumes, '  other|/dev/mapper/vg-other|Vwi-aotz--|second\n'],
  });
  assert.equal(status, 1);
  assert.equal(stderr, 'growvols: error: all thin volumes must be in the pool lv_thinpool, but other is in "second"\n');
});

test('partitions are named and numbered as those that are there', (context) => {
  const renamed = (from: RegExp, to: string) => usualDevices.map((line) => line.replaceAll(from, to));
  const onNvme = run(context, ['--yes'], {
    devices: renamed(/sda(?=\d)/g, 'nvme0n1p').map((line) => line.replaceAll('"sda"', '"nvme0n1"')),
    disk: 'nvme0n1',
  });
  assert.equal(onNvme.done[2], 'pvcreate -ff --yes /dev/nvme0n1p5');
  const withGap = run(context, ['--yes'], { devices: usualDevices.map((line) => line.replaceAll('sda4', 'sda9')) });
  assert.equal(withGap.done[2], 'pvcreate -ff --yes /dev/sda10');
});

test('on a multipath disk the map is used for volumes and the node for the table', (context) => {
  const devices = [
    device({ KNAME: 'sda', NAME: 'sda', TYPE: 'disk', FSTYPE: 'mpath_member' }),
    device({ KNAME: 'dm-0', PKNAME: 'sda', NAME: 'mpatha', TYPE: 'mpath' }),
    ...[1, 2, 3, 4, 5].map((number) =>
      device({ KNAME: `dm-${number}`, PKNAME: 'dm-0', NAME: `mpatha${number}`, TYPE: 'part' }),
    ),
    device({ KNAME: 'dm-9', PKNAME: 'dm-5', NAME: 'vg-lv_root', TYPE: 'lvm', FSTYPE: 'xfs', MOUNTPOINT: '/' }),
  ];
  for (const words of [[], ['--device', 'mpatha'], ['--device=dm-0']]) {
    const { done, stderr } = run(context, ['--yes', ...words], { devices, disk: 'dm-0' });
    assert.deepEqual(
      done,
      [
        'sgdisk --new=6:79267840:488265727 --change-name=6:growvols /dev/dm-0',
        'multipath -r',
        'partprobe',
        'pvcreate -ff --yes /dev/mapper/mpatha6',
        'vgextend vg /dev/mapper/mpatha6',
        'lvextend --size +209396432896B /dev/mapper/vg-lv_root /dev/mapper/mpatha6',
        'xfs_growfs /dev/mapper/vg-lv_root',
      ],
      stderr,
    );
  }
});

test('nothing is changed with --noop, nor without a yes, and both can be told apart', (context) => {
  const verification = `
Problem: The secondary header's self-pointer indicates that it doesn't reside
at the end of the disk. If you've added a disk to a RAID array, use the 'e'
option on the experts' menu to adjust the secondary header's and partition
table's locations.
`;
  const noop = run(context, ['--noop'], { verification });
  assert.deepEqual([noop.status, noop.done], [0, []]);
  assert.equal(noop.stdout.includes('\nvgextend vg /dev/sda5\n'), true);
  const unanswered = run(context, []);
  assert.deepEqual([unanswered.status, unanswered.done], [3, []]);
  assert.deepEqual(run(context, ['--yes'], { verification }).done.slice(0, 2), ['sgdisk -e /dev/sda', 'partprobe']);
});

test('too little space is no fault unless it is said to be one', (context) => {
  const free = [2048, 3072] as const;
  assert.deepEqual([run(context, ['--yes'], { free }).status, run(context, ['--yes'], { free }).done], [0, []]);
  const strict = run(context, ['--yes', '--exit-on-no-grow'], { free });
  assert.equal(strict.status, 2);
  assert.equal(strict.stderr, 'growvols: error: there is no space to grow into on /dev/sda: 524288B\n');
});

test('what cannot be grown is named', (context) => {
  const said = (words: readonly string[], machine: Machine = {}) => {
    const { status, stderr, done } = run(context, ['--yes', ...words], machine);
    assert.deepEqual(done, []);
    return `${status} ${stderr}`;
  };
  for (const amount of ['100', '100B', '100%%', '100TiB', 'i100MB'])
    assert.equal(
      said([`/home=${amount}`]),
      `1 growvols: error: the amount "${amount}" is not a number followed by %, MB, MiB, GB or GiB\n`,
    );
  assert.equal(
    said(['/home']),
    '1 growvols: error: the argument "/home" has not the form VOLUME=AMOUNT, for example /home=80%\n',
  );
  assert.equal(
    said(['/none=1GiB']),
    '1 growvols: error: could not find a volume with the label or mount point /none\n',
  );
  assert.equal(said(['config-2=1GiB']), '1 growvols: error: config-2 is on a part, not on a logical volume\n');
  assert.equal(said(['/srv=1GiB']), '1 growvols: error: /srv has the file system "ext4"; only xfs is grown\n');
  assert.equal(said(['/home=8MiB']), '1 growvols: error: more than 8MiB is needed, there are only 8MiB\n');
  assert.equal(said([], { groups: [] }), '1 growvols: error: there is no volume group\n');
  assert.equal(
    said([], { groups: ['vg', 'data'] }),
    '1 growvols: error: there is more than one volume group, choose one with --group: data vg\n',
  );
  assert.equal(said(['--group', 'none']), '1 growvols: error: could not find the volume group none\n');
  assert.equal(said(['--device', 'sdz']).startsWith('1 growvols: error: could not find the device sdz;'), true);
  assert.equal(said(['--device', 'sda1']), '1 growvols: error: sda1 is a part; a disk or mpath is wanted\n');
  assert.equal(said(['--nonsense']), '2 growvols: error: unknown option --nonsense\n');
});
