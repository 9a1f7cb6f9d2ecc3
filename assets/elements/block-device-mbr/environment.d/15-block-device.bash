# Says which boot layout the image has, and refuses machines that cannot boot it.
#
# Inputs: ARCH
# Effects: exports DIB_BLOCK_DEVICE=mbr; ends the phase with 1 on 64-bit ARM

case "${ARCH:-}" in
    arm64 | aarch64)
        echo "error: element block-device-mbr cannot boot on ARCH=$ARCH; use block-device-efi" >&2
        exit 1
        ;;
esac

export DIB_BLOCK_DEVICE=mbr
