# Says which boot layout the image has, and refuses machines that cannot boot it.
#
# Inputs: ARCH
# Effects: exports DIB_BLOCK_DEVICE=efi; ends the phase with 1 on Power

case "${ARCH:-}" in
    ppc64 | ppc64le | ppc64el | powerpc)
        echo "error: element block-device-efi cannot boot on ARCH=$ARCH; use block-device-gpt or block-device-mbr" >&2
        exit 1
        ;;
esac

export DIB_BLOCK_DEVICE=efi
