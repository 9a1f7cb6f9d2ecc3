import { parseLayout } from '../../src/layout/parse-layout.js';
import { fittedImageSizes } from '../../src/layout/size-image.js';
import { sizeLayout } from '../../src/layout/size-layout.js';
import type { DiskLayout } from '../../src/model/layout.js';
import { openDiskPorts } from '../disk/disk-ports.js';

/** A layout from its configuration, sized for a disk, with identifiers that follow from their purpose. */
export function layoutOf(text: string, imageSizeMib: number): DiskLayout {
  const spec = parseLayout({ text, origin: 'test', defaults: { rootFileSystemType: 'ext4' } });
  const fitted = fittedImageSizes(spec, { usage: new Map(), size: { imageSizeGib: imageSizeMib / 1024 } });
  return sizeLayout(spec, {
    imageSizes: fitted.imageSizes,
    fileSystemOptions: fitted.fileSystemOptions,
    identities: openDiskPorts().identities,
  });
}

/** A separate `/boot`, a logical partition, and swap. */
export const bootAndRoot = `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: mbr
    partitions:
      - { name: boot, size: 32MiB, flags: [ boot, primary ], mkfs: { type: ext4, label: boot, mount: { mount_point: /boot, fstab: {} } } }
      - { name: swap, size: 8MiB, type: 82, mkfs: { type: swap, mount: { fstab: {} } } }
      - { name: root, size: 60%, mkfs: { mount: { mount_point: /, fstab: { fsck-passno: 1 } } } }
`;

/** An EFI system partition, 4096-byte sectors. */
export const efiLarge = `
- local_loop: { name: image0, block_size: 4096 }
- partitioning:
    base: image0
    label: gpt
    partitions:
      - { name: ESP, type: EF00, size: 40MiB, mkfs: { type: vfat, mount: { mount_point: /boot/efi, fstab: {} } } }
      - { name: root, size: 100%, mkfs: { mount: { mount_point: /, fstab: { fsck-passno: 1 } } } }
`;

/** Two linear volumes in one piece each. */
export const volumes = `
- local_loop: { name: image0 }
- partitioning: { base: image0, label: gpt, partitions: [ { name: all, type: 8E00, size: 100% } ] }
- lvm:
    name: lvm
    pvs: [ { name: pv, base: all } ]
    vgs: [ { name: vg, base: [ pv ] } ]
    lvs: [ { name: lv_root, base: vg, size: 80MiB }, { name: lv_var, base: vg, size: 40MiB } ]
- mkfs: { name: mkfs_root, base: lv_root, mount: { mount_point: /, fstab: { fsck-passno: 1 } } }
- mkfs: { base: lv_var, type: ext4, mount: { mount_point: /var, fstab: {} } }
`;

/** A volume over two disks, in two pieces. */
export const spanning = `
- local_loop: { name: image0 }
- local_loop: { name: data }
- lvm:
    name: lvm
    pvs: [ { name: pv1, base: image0 }, { name: pv2, base: data } ]
    vgs: [ { name: vg, base: [ pv1, pv2 ] } ]
    lvs: [ { name: lv_root, base: vg, extents: 100%VG } ]
- mkfs: { name: mkfs_root, base: lv_root, mount: { mount_point: / } }
`;
