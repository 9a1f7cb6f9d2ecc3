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

const thinGroup: VolumeGroupLayout = {
  ...group,
  spareSegments: [{ physicalVolume: 'root_pv', firstExtent: 0, extentCount: 1 }],
  logicalVolumes: [
    {
      name: 'lv_thinpool',
      id: id('t'),
      type: 'thin-pool',
      sizeBytes: 64 * mebibyte,
      segments: [
        { physicalVolume: 'root_pv', firstExtent: 1, extentCount: 14 },
        { physicalVolume: 'data_pv', firstExtent: 0, extentCount: 2 },
      ],
      pool: {
        chunkSizeBytes: 65_536,
        metadataSegments: [{ physicalVolume: 'data_pv', firstExtent: 2, extentCount: 1 }],
      },
    },
    {
      name: 'lv_root',
      id: id('r'),
      type: 'thin',
      thinPool: 'lv_thinpool',
      sizeBytes: 40 * mebibyte,
      segments: [],
      thin: { deviceId: 1, firstChunk: 0, chunkCount: 640 },
    },
    {
      name: 'lv_var',
      id: id('v'),
      type: 'thin',
      thinPool: 'lv_thinpool',
      sizeBytes: 20 * mebibyte,
      segments: [],
      thin: { deviceId: 2, firstChunk: 640, chunkCount: 320 },
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

/** Read-only devices of both images, and LVM programs that see nothing else. */
async function openReports(context: TestContext, layout: VolumeGroupLayout) {
  const directory = await writeVolumes(context, layout);
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
  const common = ['--readonly', '--noheadings', '--units', 'm', '--separator', ','];
  execFileSync('vgck', ['vg-0'], { stdio: 'pipe', env: environment });
  return (program: string, ...words: readonly string[]) =>
    execFileSync(program, [...common, ...words], { encoding: 'utf8', stdio: 'pipe', env: environment })
      .trim()
      .split('\n')
      .map((line) => line.trim());
}

test('vgck, pvs and lvs agree with the layout of a group on two disks', { skip: loopReason }, async (context) => {
  const report = await openReports(context, group);
  assert.deepEqual(report('pvs', '-o', 'pv_size,pv_free,pv_uuid'), [
    `60.00m,0m,${formatLvmId(id('a'))}`,
    `32.00m,12.00m,${formatLvmId(id('b'))}`,
  ]);
  assert.deepEqual(report('lvs', '-o', 'lv_name,lv_size,lv_layout,seg_count'), [
    'lv_root,72.00m,linear,2',
    'lv_swap,8.00m,linear,1',
  ]);
});

test('vgck and lvs agree with a thin pool and its volumes, hidden ones included', {
  skip: loopReason,
}, async (context) => {
  const report = await openReports(context, thinGroup);
  assert.deepEqual(report('lvs', '-a', '-o', 'lv_name,lv_size,lv_layout,pool_lv,thin_id,chunk_size'), [
    'lv_root,40.00m,thin,sparse,lv_thinpool,1,0m',
    'lv_thinpool,64.00m,thin,pool,,,0.06m',
    // A line for each segment.
    '[lv_thinpool_tdata],64.00m,linear,,,0m',
    '[lv_thinpool_tdata],64.00m,linear,,,0m',
    '[lv_thinpool_tmeta],4.00m,linear,,,0m',
    'lv_var,20.00m,thin,sparse,lv_thinpool,2,0m',
    '[lvol0_pmspare],4.00m,linear,,,0m',
  ]);
});

test('the metadata of a pool lies in its segment', { skip: missingPrograms('thin_check', 'dd') }, async (context) => {
  const directory = await writeVolumes(context, thinGroup);
  const words = [`if=${directory}/image1`, `of=${directory}/tmeta`, 'bs=1M', 'skip=9', 'count=4', 'status=none'];
  execFileSync('dd', words);
  execFileSync('thin_check', [`${directory}/tmeta`], { stdio: 'pipe' });
});
