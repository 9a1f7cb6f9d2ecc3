import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUp, formatImageSize, measureDirectories, parsePackageSizes } from '../../src/report/image-size.js';

test('directories count what is in them, hard links once', () => {
  const text = '8 3 1:1 \x008 2 1:2 usr\x0016 2 1:3 usr/a\x0016 2 1:3 usr/b\x002 1 1:4 usr/lib/x\ny\x00';
  assert.deepEqual(measureDirectories(text), {
    totalBytes: 34 * 512,
    fileCount: 5,
    directories: [
      { name: '/usr', sizeBytes: 18 * 512 },
      { name: '/usr/lib', sizeBytes: 2 * 512 },
    ],
  });
});

test('installed packages say their size, removed ones do not count', () => {
  const text = `Package: small
Status: install ok installed
Installed-Size: 1
Description: text
 Package: no

Package: gone
Status: deinstall ok config-files
Installed-Size: 9

Package: large
Status: hold ok installed
Installed-Size: 3
`;
  assert.deepEqual(parsePackageSizes(text), [
    { name: 'large', sizeBytes: 3072 },
    { name: 'small', sizeBytes: 1024 },
  ]);
});

test('tables are cut after some rows', () => {
  const elements = addUp([
    { name: 'one', sizeBytes: 1024 },
    { name: 'two', sizeBytes: 1536 },
    { name: 'one', sizeBytes: 1024 },
  ]);
  const size = { image: '/w/image', totalBytes: 4096, fileCount: 2, elements, packages: [], directories: [] };
  assert.equal(
    formatImageSize(size, 1),
    `/w/image: 4 KiB in 2 entries

By element (what its layers added)
       2 KiB  one
              and 1 more

By package (as it says itself)
  nothing is known

By directory
  nothing is known
`,
  );
});
