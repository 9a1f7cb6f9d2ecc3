import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLayoutSpec } from '../../src/layout/format-layout-spec.js';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { richLayout } from './stock-layouts.js';

test('a layout without sizes says what was asked for', () => {
  const spec = parseLayout({ text: richLayout, origin: 't', defaults: { rootFileSystemType: 'ext4' } });
  assert.equal(
    formatLayoutSpec(spec),
    `image0: fitted to the tree, mbr, 512-byte sectors
  512 MiB  boot  Linux filesystem     ext4 boot              /boot
  256 MiB  swap  Linux swap, logical  swap mkfs_swap         none
      50%  rest  Linux LVM, logical   physical volume of vg

data: 2 GiB, no partition table, 512-byte sectors
  all  data  xfs data  /srv

vg: volume group on rest
    60%VG  pool     thin-pool
    1 GiB  lv_root  thin in pool  ext4 cloudimg-rootfs  /
  200 MiB  lv_log   linear        btrfs log             /var/log
`,
  );
});
