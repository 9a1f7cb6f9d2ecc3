import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import type { DiskLayout } from '../../src/model/layout.js';
import { layoutMatrix, type MatrixRow } from './layout-matrix-table.js';

/** An account without rights, whom root becomes for the builds. */
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
const dropRoot = isRoot ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : [];
const namespaceWords = [...dropRoot, 'unshare', '--user', '--map-root-user', '--mount', '--propagation', 'private'];

function whyNotHere(): string | false {
  const programs = [
    ...['unshare', 'sfdisk', 'sgdisk', 'blkid', 'mke2fs', 'e2fsck', 'debugfs', 'mkfs.xfs', 'xfs_repair', 'xfs_db'],
    ...['mkfs.btrfs', 'btrfs', 'mkfs.fat', 'fsck.fat', 'mcopy', 'mtype', ...(isRoot ? ['setpriv'] : [])],
  ];
  const missing = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const [program = '', ...words] = [...namespaceWords, 'test', '-r', join(packageDirectory, 'package.json')];
  return spawnSync(program, words).status === 0
    ? false
    : 'user namespaces are refused, or the checkout is not readable';
}

interface Built {
  readonly layout: DiskLayout;
  readonly imagePaths: readonly (readonly [string, string])[];
  readonly faults: readonly string[];
}

async function build(row: MatrixRow, directory: string): Promise<Built> {
  const worker = join(packageDirectory, 'test/layout/layout-matrix-worker.ts');
  const [program = '', ...words] = [...namespaceWords, process.execPath, '--import', 'tsx', worker];
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: directory } });
  let said = '';
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  child.stdin.end(JSON.stringify({ row, directory }));
  const status = await new Promise<number | null>((done) => child.on('close', done));
  assert.equal(status, 0, complaints);
  return JSON.parse(said) as Built;
}

/** What lvm2 itself says, on loop devices that only this group's tools look at. */
function checkVolumeGroups({ layout, imagePaths }: Built): void {
  if (layout.volumeGroups.length === 0) return;
  const devices: string[] = [];
  try {
    for (const { region } of layout.volumeGroups.flatMap(({ physicalVolumes }) => physicalVolumes)) {
      const path = new Map(imagePaths).get(region.image) ?? '';
      const words = [
        '--show',
        '--find',
        '--read-only',
        '-o',
        `${region.offsetBytes}`,
        '--sizelimit',
        `${region.sizeBytes}`,
      ];
      devices.push(execFileSync('losetup', [...words, path], { encoding: 'utf8' }).trim());
    }
    const accepted = devices.map((device) => `"a|^${device}$|"`).join(',');
    const config = `devices { filter=[${accepted},"r|.*|"] use_devicesfile=0 } global { locking_type=0 use_lvmlockd=0 }`;
    const lvm = (program: string, words: readonly string[]) =>
      execFileSync(program, [...words, '--readonly', '--config', config], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    for (const group of layout.volumeGroups) {
      execFileSync('vgck', ['--config', config, group.name], { stdio: 'pipe' });
      const listing = lvm('lvs', ['--noheadings', '--units', 'b', '--nosuffix', '-o', 'lv_name,lv_size', group.name]);
      const found = listing
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => line.trim().split(/ +/));
      const wanted = group.logicalVolumes.map(({ name, sizeBytes }) => [name, String(sizeBytes)]);
      assert.deepEqual(found.sort(), wanted.sort());
      assert.equal(
        lvm('vgs', ['--noheadings', '-o', 'vg_name,pv_count,vg_missing_pv_count', group.name])
          .trim()
          .split(/ +/)
          .join(' '),
        `${group.name} ${group.physicalVolumes.length} 0`,
      );
    }
    for (const device of devices) execFileSync('pvck', ['--config', config, device], { stdio: 'pipe' });
  } finally {
    for (const device of devices) execFileSync('losetup', ['--detach', device]);
  }
}

/** Tables of disks with large sectors, on a device that has them. */
function checkLargeSectors({ layout, imagePaths }: Built): void {
  for (const image of layout.images) {
    if (image.sectorSizeBytes !== 4096 || image.table?.kind !== 'gpt') continue;
    const path = new Map(imagePaths).get(image.name) ?? '';
    const words = ['--show', '--find', '--read-only', '--sector-size', '4096', path];
    const device = execFileSync('losetup', words, { encoding: 'utf8' }).trim();
    try {
      assert.match(execFileSync('sgdisk', ['-v', device], { encoding: 'utf8' }), /No problems found/);
      const dump = JSON.parse(execFileSync('sfdisk', ['--json', device], { encoding: 'utf8' })).partitiontable;
      assert.equal(dump.sectorsize, 4096);
      assert.deepEqual(
        dump.partitions.map(({ start, size }: { start: number; size: number }) => [start, size]),
        image.table.partitions.map(({ startSector, sectorCount }) => [startSector, sectorCount]),
      );
    } finally {
      execFileSync('losetup', ['--detach', device]);
    }
  }
}

const skip = whyNotHere();
const hasLoops = isRoot && existsSync('/dev/loop-control') && spawnSync('which', ['vgck', 'pvck', 'lvs']).status === 0;

test('the matrix has forty layouts, each with a name of its own', () => {
  assert.ok(layoutMatrix.length >= 40, String(layoutMatrix.length));
  assert.equal(new Set(layoutMatrix.map(({ name }) => name)).size, layoutMatrix.length);
});

test('every layout is built by an ordinary user, and the tools of every format agree', {
  skip,
  concurrency: 2,
}, async (suite) => {
  await Promise.all(
    layoutMatrix.map((row) =>
      suite.test(row.name, async (context) => {
        const directory = mkdtempSync(join(tmpdir(), 'dib-matrix-'));
        context.after(() => rmSync(directory, { recursive: true, force: true }));
        chmodSync(directory, 0o755);
        if (isRoot) chownSync(directory, nobody, nobody);
        const built = await build(row, directory);
        assert.deepEqual(built.faults, []);
        if (!hasLoops) {
          context.diagnostic('no root or no lvm2: volume groups and large sectors were not read by second tools');
          return;
        }
        checkVolumeGroups(built);
        checkLargeSectors(built);
      }),
    ),
  );
});
