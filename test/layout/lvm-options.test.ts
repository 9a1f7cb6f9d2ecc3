import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFaultList } from '../../src/layout/fault-list.js';
import { checkVolumeName, readExtentSize, warnLvmOptions } from '../../src/layout/lvm-options.js';
import { thrownFaults } from './thrown-faults.js';

const place = { line: 1, column: 1 };

test('the extent size is read from options of vgcreate', () => {
  assert.equal(readExtentSize(['--force', '-s', '8M']), 8 * 1024 ** 2);
  assert.equal(readExtentSize(['-s16']), 16 * 1024 ** 2);
  assert.equal(readExtentSize(['--physicalextentsize=512k']), 512 * 1024);
  assert.equal(readExtentSize(['--physicalextentsize', '1g']), 1024 ** 3);
  assert.equal(readExtentSize(['--force']), undefined);
});

test('options that change bytes are warned of', () => {
  const faults = openFaultList('t');
  warnLvmOptions('volume group "vg"', ['--force', '-ff', '-y', '-Wy', '-s', '8M'], place, faults);
  assert.deepEqual(faults.warnings, []);
  warnLvmOptions('logical volume "lv"', ['--yes', '--stripes', '2'], place, faults);
  assert.deepEqual(faults.warnings, ['t:1:1: options of logical volume "lv" act only in loop mode: --stripes 2']);
});

test('names are those that LVM takes', () => {
  const faults = openFaultList('t');
  for (const name of ['vg', 'vg-0', 'a+b_c.d']) checkVolumeName('volume group', name, place, faults);
  faults.throwAll();
  for (const name of ['-vg', 'v g', '..']) checkVolumeName('volume group', name, place, faults);
  checkVolumeName('logical volume', 'pool_tdata', place, faults);
  assert.deepEqual(
    thrownFaults(() => faults.throwAll()).map(({ message }) => message),
    [
      '"-vg" is no name for a volume group',
      '"v g" is no name for a volume group',
      '".." is no name for a volume group',
      '"pool_tdata" is a name that LVM keeps for itself',
    ],
  );
});
