import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { writeRuns } from '../../src/disk/byte-run.js';
import { encodeVolumeGroup, formatLvmId, lvmChecksum } from '../../src/disk/lvm.js';
import type { VolumeGroupLayout } from '../../src/model/layout.js';
import { missingPrograms, needsRoot } from './disk-ports.js';
import { temporaryDirectory } from './temporary-directory.js';

const mebibyte = 1024 * 1024;

function id(letter: string): string {
  return letter.repeat(32);
}

const group: VolumeGroupLayout = {
  name: 'vg-0',
  id: id('g'),
  extentSizeBytes: 4 * mebibyte,
  physicalVolumes: [
    {
      name: 'root_pv',
      id: id('a'),
      region: { image: 'image0', offsetBytes: 0, sizeBytes: 64 * mebibyte },
      extentCount: 15,
    },
    {
      name: 'data_pv',
      id: id('b'),
      region: { image: 'image1', offsetBytes: 0, sizeBytes: 33 * mebibyte },
      extentCount: 8,
    },
  ],
  logicalVolumes: [
    {
      name: 'lv_root',
      id: id('r'),
      type: 'linear',
      sizeBytes: 72 * mebibyte,
      segments: [
        { physicalVolume: 'root_pv', firstExtent: 0, extentCount: 15 },
        { physicalVolume: 'data_pv', firstExtent: 2, extentCount: 3 },
      ],
    },
    {
      name: 'lv_swap',
      id: id('s'),
      type: 'linear',
      sizeBytes: 8 * mebibyte,
      segments: [{ physicalVolume: 'data_pv', firstExtent: 0, extentCount: 2 }],
    },
  ],
};

async function writeVolumes(context: TestContext, layout: VolumeGroupLayout) {
  const directory = await temporaryDirectory(context);
  for (const { name, sizeBytes } of [
    { name: 'image0', sizeBytes: 64 * mebibyte },
    { name: 'image1', sizeBytes: 33 * mebibyte },
  ]) {
    const file = await open(`${directory}/${name}`, 'w');
    await file.truncate(sizeBytes);
    for (const { image, runs } of encodeVolumeGroup(layout, { creationSeconds: 1_700_000_000 }))
      if (image === name) await writeRuns(file, runs);
    await file.close();
  }
  return directory;
}

test('the checksum is the one of lvm2', () => {
  // A register that starts at 0xF597A6CF and is not inverted: no bytes leave it as it is.
  assert.equal(lvmChecksum(new Uint8Array()), 0xf597a6cf);
  assert.equal(formatLvmId('0123456789abcdefghijklmnopqrstuv'), '012345-6789-abcd-efgh-ijkl-mnop-qrstuv');
});

test('pvck finds no fault in label and metadata of a file', { skip: missingPrograms('pvck') }, async (context) => {
  const directory = await writeVolumes(context, group);
  for (const name of ['image0', 'image1']) {
    const output = execFileSync('pvck', ['--dump', 'headers', `${directory}/${name}`], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    const fields = Object.fromEntries(
      output
        .split('\n')
        .map((line) => line.trim().split(/ (?=[^ ]*$)/))
        .filter((words) => words.length === 2),
    );
    assert.deepEqual(
      [fields['label_header.id'], fields['mda_header_1.start'], fields['mda_header_1.size']],
      ['LABELONE', '4096', '1044480'],
    );
    assert.doesNotMatch(output, /CHECK|[Mm]ismatch|ERROR|INVALID|[Ii]nvalid/);
  }
  const text = execFileSync('pvck', ['--dump', 'metadata', `${directory}/image1`], { encoding: 'utf8', stdio: 'pipe' });
  assert.match(text, /^vg-0 \{$/m);
});

const loopReason = needsRoot || missingPrograms('losetup', 'vgck', 'lvs', 'pvs');

test('vgck, pvs and lvs agree with the layout of a group on two disks', { skip: loopReason }, async (context) => {
  const directory = await writeVolumes(context, group);
  const devices = ['image0', 'image1'].map((name) => {
    const device = execFileSync('losetup', ['--show', '-r', '-f', `${directory}/${name}`], { encoding: 'utf8' }).trim();
    context.after(() => execFileSync('losetup', ['-d', device]));
    return device;
  });
  const accepted = devices.map((device) => `"a|^${device}$|"`).join(', ');
  writeFileSync(
    `${directory}/lvm.conf`,
    `devices { use_devicesfile=0 filter=[${accepted}, "r|.*|"] global_filter=[${accepted}, "r|.*|"] }\nbackup { backup=0 archive=0 }\nglobal { locking_type=4 use_lvmpolld=0 }\nactivation { monitoring=0 }\n`,
  );
  const environment = { ...process.env, LVM_SYSTEM_DIR: directory };
  const report = (program: string, words: readonly string[]) =>
    execFileSync(program, [...words], { encoding: 'utf8', stdio: 'pipe', env: environment })
      .trim()
      .split('\n')
      .map((line) => line.trim());
  execFileSync('vgck', ['vg-0'], { stdio: 'pipe', env: environment });
  const common = ['--readonly', '--noheadings', '--units', 'm', '--separator', ','];
  assert.deepEqual(report('pvs', [...common, '-o', 'pv_size,pv_free,pv_uuid']), [
    `60.00m,0m,${formatLvmId(id('a'))}`,
    `32.00m,12.00m,${formatLvmId(id('b'))}`,
  ]);
  assert.deepEqual(report('lvs', [...common, '-o', 'lv_name,lv_size,lv_layout,seg_count']), [
    'lv_root,72.00m,linear,2',
    'lv_swap,8.00m,linear,1',
  ]);
});
