# What replace-partition needs to know of an image of the Red Hat family.
#
# Inputs: DISTRO_NAME, DIB_RELEASE, EFI_BOOT_DIR, DIB_BLOCK_DEVICE
# Effects: exports DIB_RELEASE, EFI_BOOT_DIR, DIB_BLOCK_DEVICE, DIB_INIT_SYSTEM; ends the phase with 1 without DISTRO_NAME

if [ -z "${DISTRO_NAME:-}" ]; then
    echo "error: element replace-partition-redhat needs DISTRO_NAME, for example rhel, centos or rocky" >&2
    exit 1
fi

export DIB_RELEASE="${DIB_RELEASE:-9}"
if [ -z "${EFI_BOOT_DIR:-}" ]; then
    case "$DISTRO_NAME" in
        *rhel*) EFI_BOOT_DIR=EFI/redhat ;;
        *) EFI_BOOT_DIR=EFI/$DISTRO_NAME ;;
    esac
fi
export EFI_BOOT_DIR
export DIB_BLOCK_DEVICE="${DIB_BLOCK_DEVICE:-efi}"
export DIB_INIT_SYSTEM=systemd
