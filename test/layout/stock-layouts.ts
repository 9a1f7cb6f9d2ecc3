/** The layouts of the stock elements and some more, as users write them. */
export const plainLayout = `
- local_loop:
    name: image0
    mkfs:
      name: mkfs_root
      mount:
        mount_point: /
        fstab:
          options: "defaults"
          fsck-passno: 1
`;

export const mbrLayout = `
- local_loop:
    name: image0
- partitioning:
    base: image0
    label: mbr
    partitions:
      - name: root
        flags: [ boot, primary ]
        size: 100%
        mkfs:
          mount:
            mount_point: /
            fstab:
              options: "defaults"
              fsck-passno: 1
`;

export const mbrPowerLayout = `
- local_loop:
    name: image0
- partitioning:
    base: image0
    label: mbr
    partitions:
      - name: boot
        flags: [ boot, primary ]
        type: '41'
        size: 8MiB
      - name: root
        flags: [ primary ]
        size: 100%
        mkfs:
          mount:
            mount_point: /
            fstab:
              options: "defaults"
              fsck-passno: 1
`;

export const gptLayout = `
- local_loop:
    name: image0
- partitioning:
    base: image0
    label: gpt
    partitions:
      - name: BSP
        type: 'EF02'
        size: 8MiB
      - name: root
        flags: [ boot ]
        size: 100%
        mkfs:
          type: ext4
          mount:
            mount_point: /
            fstab:
              options: "defaults"
              fsck-passno: 1
`;

export const efiLayout = `
- local_loop:
    name: image0
- partitioning:
    base: image0
    label: gpt
    partitions:
      - name: ESP
        type: 'EF00'
        size: 550MiB
        mkfs:
          type: vfat
          mount:
            mount_point: /boot/efi
            fstab:
              options: "defaults"
              fsck-passno: 2
      - name: BSP
        type: 'EF02'
        size: 8MiB
      - name: root
        type: '8300'
        size: 100%
        mkfs:
          type: ext4
          mount:
            mount_point: /
            fstab:
              options: "defaults"
              fsck-passno: 1
`;

export const efi4kLayout = efiLayout
  .replace('name: image0', 'name: image0\n    block_size: 4096')
  .replace('550MiB', '500MiB');

export const efiLvmLayout = `
- local_loop:
    name: image0
- partitioning:
    base: image0
    label: gpt
    partitions:
      - name: ESP
        type: 'EF00'
        size: 550MiB
        mkfs:
          type: vfat
          mount:
            mount_point: /boot/efi
            fstab:
              options: "defaults"
              fsck-passno: 2
      - name: BSP
        type: 'EF02'
        size: 8MiB
      - name: root
        type: '8300'
        flags: [ boot ]
        size: 40G
- lvm:
    name: lvm
    pvs:
      - name: pv
        options: [ "--force" ]
        base: root
    vgs:
      - name: vg
        base: [ "pv" ]
        options: [ "--force" ]
    lvs:
      - name: lv_root
        base: vg
        extents: 23%VG
      - name: lv_var
        base: vg
        extents: 57%VG
      - name: lv_home
        base: vg
        extents: 20%VG
- mkfs:
    name: fs_root
    base: lv_root
    type: xfs
    label: "img-rootfs"
    mount:
      mount_point: /
      fstab:
        options: "rw,relatime"
        fsck-passno: 1
- mkfs:
    name: fs_var
    base: lv_var
    type: xfs
    mount:
      mount_point: /var
      fstab:
        options: "rw,relatime"
        fsck-passno: 2
- mkfs:
    name: fs_home
    base: lv_home
    type: xfs
    mount:
      mount_point: /home
      fstab:
        options: "rw,nodev,relatime"
        fsck-passno: 2
`;

/** A boot partition beside a volume group, written as a graph and out of order. */
export const mbrLvmLayout = `
- local_loop:
    name: image0
- partitioning:
    base: image0
    name: mbr
    label: mbr
    partitions:
      - name: boot
        flags: [ boot, primary ]
        size: 1G
      - name: root
        flags: [ primary ]
        type: 8E
        size: 3G
- lvm:
    base: mbr
    name: lvm
    pvs:
      - { name: pv, base: root }
    vgs:
      - { name: vg, base: [ pv ] }
    lvs:
      - { name: lv_root, base: vg, size: 1800M }
      - { name: lv_var, base: vg, size: 500M }
      - { name: lv_swap, base: vg, size: 100M }
- mkfs: { base: boot, type: ext4, mount: { mount_point: /boot, fstab: { fsck-passno: 1 } } }
- mkfs:
    name: mkfs_root
    base: lv_root
    mount: { mount_point: /, fstab: { fsck-passno: 1 } }
- mkfs:
    name: mkfs_var
    base: lv_var
    type: ext4
    mount: { mount_point: /var, fstab: {} }
- mkfs:
    name: mkfs_swap
    base: lv_swap
    type: swap
    mount: { mount_point: swap, fstab: { options: sw } }
`;

/** Two disks, primary and logical partitions, a thin pool, five kinds of file system. */
export const richLayout = `
- local_loop: { name: image0 }
- local_loop: { name: data, size: 2GiB, mkfs: { name: data_fs, type: xfs, label: data, mount: { mount_point: /srv, fstab: {} } } }
- partitioning:
    base: image0
    label: mbr
    partitions:
      - { name: boot, size: 512MiB, flags: [ boot, primary ], mkfs: { type: ext4, label: boot, mount: { mount_point: /boot, fstab: {} } } }
      - { name: swap, size: 256MiB, type: 82, mkfs: { type: swap, mount: { fstab: {} } } }
      - { name: rest, size: 50%, type: 8E }
- lvm:
    name: lvm
    pvs: [ { name: pv, base: rest } ]
    vgs: [ { name: vg, base: [ pv ] } ]
    lvs:
      - { name: pool, base: vg, type: thin-pool, extents: 60%VG }
      - { name: lv_root, base: vg, type: thin, thin-pool: pool, size: 1GiB, mkfs: { name: mkfs_root, mount: { mount_point: /, fstab: { fsck-passno: 1 } } } }
      - { name: lv_log, base: vg, size: 200MiB, mkfs: { type: btrfs, label: log, mount: { mount_point: /var/log } } }
`;
