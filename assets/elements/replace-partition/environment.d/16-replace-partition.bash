# Keeps an extracted image as it is: no packages are installed or updated, only its disk is made anew.
#
# Runs after the block-device-* elements (15), which say what DIB_BLOCK_DEVICE is.
#
# Inputs: DISTRO_NAME, DIB_RELEASE, EFI_BOOT_DIR, DIB_INIT_SYSTEM, DIB_BLOCK_DEVICE, DIB_SOURCE_BLOCK_SIZE
# Effects: exports what keeps other elements from changing packages; ends the phase with 1 when an input is missing

for _variable in DISTRO_NAME DIB_RELEASE EFI_BOOT_DIR DIB_INIT_SYSTEM DIB_BLOCK_DEVICE; do
    if [ -z "${!_variable:-}" ]; then
        echo "error: element replace-partition needs $_variable, which says what the image in DIB_LOCAL_IMAGE is" >&2
        exit 1
    fi
done
unset _variable

export DIB_SKIP_GRUB_PACKAGE_INSTALL=True
export DIB_SKIP_BASE_PACKAGE_INSTALL=1
export DIB_AVOID_PACKAGES_UPDATE=1
export DIB_IMAGE_EXTRACT_GUESTFISH=True
export DIB_SOURCE_BLOCK_SIZE="${DIB_SOURCE_BLOCK_SIZE:-512}"
