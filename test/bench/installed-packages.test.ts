import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePackages, formatPackageDifferences, parseDpkgStatus } from '../../bench/installed-packages.js';

const status = `Package: base-files
Status: install ok installed
Architecture: amd64
Version: 12.4+deb12u10
Description: files
 Package: not a field

Package: removed
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: tzdata
Status: hold ok installed
Architecture: all
Version: 2025b-0+deb12u1
`;

test('only installed packages of a dpkg database count', () => {
  assert.deepEqual(
    [...parseDpkgStatus(status)],
    [
      ['base-files:amd64', '12.4+deb12u10'],
      ['tzdata:all', '2025b-0+deb12u1'],
    ],
  );
});

test('differences are told by side', () => {
  const left = new Map([
    ['a:all', '1'],
    ['b:all', '2'],
    ['c:all', '3'],
  ]);
  const right = new Map([
    ['b:all', '2'],
    ['c:all', '4'],
    ['d:all', '5'],
  ]);
  const differences = comparePackages(left, right);
  assert.deepEqual(differences, {
    onlyLeft: ['a:all 1'],
    onlyRight: ['d:all 5'],
    changed: ['c:all 3 and 4'],
    sameCount: 1,
  });
  assert.deepEqual(formatPackageDifferences(differences, { left: 'ours', right: 'theirs' }), [
    'packages: 1 the same in ours and theirs',
    'only in ours (1): a:all 1',
    'only in theirs (1): d:all 5',
    'in other versions (ours and theirs) (1): c:all 3 and 4',
  ]);
});

test('equal images are said to be equal', () => {
  const packages = new Map([['a:all', '1']]);
  assert.deepEqual(formatPackageDifferences(comparePackages(packages, packages), { left: 'ours', right: 'theirs' }), [
    'packages: 1 the same in ours and theirs, none differs',
  ]);
});
