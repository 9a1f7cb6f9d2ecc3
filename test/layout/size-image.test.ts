import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFault } from '../../src/base/build-error.js';
import { gibibyte, mebibyte } from '../../src/base/units.js';
import { parseLayout } from '../../src/layout/parse-layout.js';
import type { RootOptionsRequest } from '../../src/layout/root-options.js';
import { fittedImageSizes } from '../../src/layout/size-image.js';
import type { ImageSizeRequest } from '../../src/model/request.js';
import {
  efi4kLayout,
  efiLayout,
  efiLvmLayout,
  gptLayout,
  mbrLayout,
  mbrPowerLayout,
  plainLayout,
} from './stock-layouts.js';
import { thrownFaults } from './thrown-faults.js';

interface Wish {
  readonly contentMib: number;
  readonly inodeCount?: number;
  readonly size?: ImageSizeRequest;
  readonly root?: RootOptionsRequest;
  readonly type?: string;
}

function fit(text: string, { contentMib, inodeCount = 1000, size = {}, root = {}, type = 'ext4' }: Wish) {
  const spec = parseLayout({ text, origin: 'disk.yaml', defaults: { rootFileSystemType: type } });
  const usage = new Map([['/', { contentBytes: contentMib * mebibyte, inodeCount }]]);
  return fittedImageSizes(spec, { usage, size, root });
}
const sizeMib = (text: string, wish: Wish) => (fit(text, wish).imageSizes.get('image0') ?? 0) / mebibyte;
const optionsOf = (text: string, wish: Wish) => fit(text, wish).fileSystemOptions.get('mkfs_root')?.join(' ');

test('a bare file system is as large as the original makes it', () => {
  // trunc(1200 MiB / 0.6) + 64 MiB journal
  assert.equal(sizeMib(plainLayout, { contentMib: 1200 }), 2064);
  // 1000 / 0.6 = 1666.666… MiB, up to 64 KiB
  assert.equal(sizeMib(plainLayout, { contentMib: 1000 }), 1730.6875);
});

test('tables, alignment and fixed partitions come on top', () => {
  assert.equal(sizeMib(mbrLayout, { contentMib: 1200 }), 2064 + 2);
  assert.equal(sizeMib(mbrPowerLayout, { contentMib: 1200 }), 2064 + 10);
  assert.equal(sizeMib(gptLayout, { contentMib: 1200 }), 2064 + 10);
  assert.equal(sizeMib(efiLayout, { contentMib: 1200 }), 2064 + 560);
  // 510 MiB would do; the original adds 525.
  assert.equal(sizeMib(efi4kLayout, { contentMib: 1200 }), 2064 + 525);
});

test('efi-lvm is as large as its fixed partitions', () => {
  assert.equal(sizeMib(efiLvmLayout, { contentMib: 1200 }), 38707);
});

test('the extra size takes the place of the factor', () => {
  assert.equal(sizeMib(plainLayout, { contentMib: 1200, size: { extraSizeMib: 512.5 } }), 1200 + 512.5 + 64);
  // 1 MiB more would leave no room for inodes and metadata.
  assert.equal(sizeMib(plainLayout, { contentMib: 1200, size: { extraSizeMib: 1 } }), 1383);
});

test('an explicit size is kept, without padding for an ESP', () => {
  assert.equal(sizeMib(efiLayout, { contentMib: 100, size: { imageSizeGib: 2 } }), 2048);
  assert.equal(sizeMib(plainLayout, { contentMib: 100, size: { imageSizeGib: 1.1 } }), 1126.4375);
});

test('a file system without journal gets none added', () => {
  assert.equal(sizeMib(plainLayout, { contentMib: 1200, type: 'btrfs' }), 2000);
});

test('the root gets an inode ratio and a journal that fits', () => {
  assert.equal(optionsOf(mbrLayout, { contentMib: 1200 }), '-i 4096 -J size=64');
  assert.equal(optionsOf(mbrLayout, { contentMib: 20 }), '-i 4096 -J size=24');
  assert.equal(optionsOf(mbrLayout, { contentMib: 20, root: { journalSizeMib: 100 } }), '-i 4096 -J size=100');
  assert.equal(sizeMib(mbrLayout, { contentMib: 20, root: { journalSizeMib: 100 } }), 202);
  assert.equal(optionsOf(efiLvmLayout, { contentMib: 20 }), undefined);
});

test('settings that no file system takes are warned of', () => {
  assert.deepEqual(
    fit(efiLvmLayout, {
      contentMib: 20,
      root: { mkfsOptions: '-m 0', journalSizeMib: 32, maximumOnlineResizeBlocks: 5 },
    }).warnings,
    ['--mkfs-options', 'DIB_JOURNAL_SIZE', '--max-online-resize'].map(
      (setting) => `${setting} has no effect: the layout disk.yaml makes no file system that takes it`,
    ),
  );
});

test('an image that cannot hold its tree is refused with what it takes', () => {
  assert.deepEqual(
    thrownFaults(() => fit(efiLayout, { contentMib: 600, inodeCount: 20000, size: { imageSizeGib: 1 } })).map(
      formatFault,
    ),
    [
      'error LAYOUT_TOO_SMALL: ext4 "mkfs_root" on "root" needs about 729 MiB (764411904 bytes) for the 600 MiB in 20000 files at /, but has 464 MiB (486539264 bytes): 265 MiB (277872640 bytes) missing\n' +
        '  at: disk.yaml:24:9\n' +
        '  hint: an image of 1.26 GiB would do (--image-size)',
    ],
  );
  assert.equal(sizeMib(efiLayout, { contentMib: 600, inodeCount: 20000, size: { imageSizeGib: 1.26 } }), 1290.25);
});

test('a fixed partition that cannot hold its files is named', () => {
  const text = gptLayout.replace('size: 100%', 'size: 500MiB');
  assert.deepEqual(
    thrownFaults(() => fit(text, { contentMib: 600 })).map(({ message, hint }) => [message, hint]),
    [
      [
        'ext4 "mkfs_root" on "root" needs about 729 MiB (764411904 bytes) for the 600 MiB in 1000 files at /, but has 500 MiB (524288000 bytes): 229 MiB (240123904 bytes) missing',
        'make "root" larger in the layout disk.yaml',
      ],
    ],
  );
});

test('partitions that can never fit are named', () => {
  const text = mbrLayout.replace('size: 100%', 'size: 3TiB');
  assert.deepEqual(
    thrownFaults(() => fit(text, { contentMib: 1 })).map(({ code }) => code),
    ['LAYOUT_TOO_SMALL'],
  );
});

test('each file system gets room for what lies in it', () => {
  const text = `
- local_loop: { name: image0 }
- local_loop: { name: data, mkfs: { type: ext4, mount: { mount_point: /srv } } }
- partitioning:
    base: image0
    label: gpt
    partitions:
      - { name: root, size: 50%, mkfs: { mount: { mount_point: / } } }
      - { name: home, size: 100%, mkfs: { type: xfs, mount: { mount_point: /home } } }
`;
  const spec = parseLayout({ text, origin: 't', defaults: { rootFileSystemType: 'ext4' } });
  const usage = new Map([
    ['/', { contentBytes: 600 * mebibyte, inodeCount: 100 }],
    ['/home', { contentBytes: 6 * gibibyte, inodeCount: 100 }],
    ['/srv', { contentBytes: 60 * mebibyte, inodeCount: 100 }],
  ]);
  // Home needs 10 GiB, so does root beside it; open disks get one size, as in the original.
  const { imageSizes } = fittedImageSizes(spec, { usage, size: {} });
  assert.deepEqual(
    [...imageSizes],
    [
      ['image0', 20482 * mebibyte],
      ['data', 20482 * mebibyte],
    ],
  );
});

test('disks with a size of their own are left alone', () => {
  const text = plainLayout.replace('name: image0', 'name: image0\n    size: 2GiB');
  assert.deepEqual([...fit(text, { contentMib: 100 }).imageSizes], []);
  assert.equal(fit(text, { contentMib: 100 }).fileSystemOptions.get('mkfs_root')?.join(' '), '-i 4096 -J size=64');
});
