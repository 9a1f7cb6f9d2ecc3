import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gibibyte } from '../../src/base/units.js';
import { formatLayout } from '../../src/layout/format-layout.js';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { sizeLayout } from '../../src/layout/size-layout.js';
import { seededIdentities } from './seeded-identities.js';
import { efiLayout, richLayout } from './stock-layouts.js';

const picture = (text: string, sizeBytes: number): string =>
  formatLayout(
    sizeLayout(parseLayout({ text, origin: 't', defaults: { rootFileSystemType: 'ext4' } }), {
      imageSizes: new Map([['image0', sizeBytes]]),
      identities: seededIdentities,
    }),
  );

test('two disks, logical partitions, a thin pool', () => {
  assert.equal(
    picture(richLayout, 5 * gibibyte),
    `image0: 5 GiB (5368709120 bytes), mbr afca6c71, 512-byte sectors
    offset      size  no  name    type                    file system                                          mount
       0 B     1 MiB      (mbr)
     1 MiB   512 MiB   1  boot    Linux filesystem, boot  ext4 boot 18d96e75-484a-c2fb-5b3b-ddc385d27f05       /boot
   513 MiB     1 MiB      (ebr)
   514 MiB   256 MiB   5  swap    Linux swap              swap mkfs_swap 4c9fb75f-d245-2838-4289-3fca5aadfca0  none
   770 MiB     1 MiB      (ebr)
   771 MiB  2174 MiB   6  rest    Linux LVM               physical volume of vg
  2945 MiB  2175 MiB      (free)

data: 2 GiB (2147483648 bytes), no partition table, 512-byte sectors
  offset   size  no  name  type  file system                                    mount
     0 B  2 GiB      data        xfs data af01fce2-3413-7d6a-6015-0581bba910c1  /srv

vg: 2172 MiB, volume group on pv, 543 extents of 4 MiB
      size  name     type       extents     file system                                                mount
  1300 MiB  pool     thin-pool  pv:1-325
     1 GiB  lv_root  thin       in pool     ext4 cloudimg-rootfs baed6938-0660-1299-8a13-167e8367b4f4  /
   200 MiB  lv_log   linear     pv:327-376  btrfs log 7074b6fa-09d5-6d7a-5b0d-7a61a3f669b7             /var/log
   664 MiB  (free)

/etc/fstab
  LABEL=cloudimg-rootfs / ext4 defaults 0 1
  LABEL=boot /boot ext4 defaults 0 2
  LABEL=data /srv xfs defaults 0 2
  LABEL=mkfs_swap none swap sw 0 0
`,
  );
});

test('a gpt shows its backup', () => {
  assert.equal(
    picture(efiLayout, 2 * gibibyte),
    `image0: 2 GiB (2147483648 bytes), gpt 169E5465-BCF4-2570-EFD0-EDE695BF379E, 512-byte sectors
    offset      size  no  name                type                  file system                                                mount
       0 B     1 MiB      (gpt)
     1 MiB   550 MiB   1  ESP                 EFI system partition  vfat MKFS_ESP 4499-7085                                    /boot/efi
   551 MiB     8 MiB   2  BSP                 BIOS boot partition
   559 MiB  1488 MiB   3  root                Linux filesystem      ext4 cloudimg-rootfs baed6938-0660-1299-8a13-167e8367b4f4  /
  2047 MiB     1 MiB      (free, backup gpt)

/etc/fstab
  LABEL=cloudimg-rootfs / ext4 defaults 0 1
  LABEL=MKFS_ESP /boot/efi vfat defaults 0 2
`,
  );
});
