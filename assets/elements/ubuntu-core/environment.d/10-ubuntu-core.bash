# Says which Ubuntu is built.
#
# Inputs: DIB_RELEASE. Sets: DISTRO_NAME, DIB_RELEASE, DIB_INIT_SYSTEM, EFI_BOOT_DIR
export DISTRO_NAME=ubuntu
export DIB_RELEASE=${DIB_RELEASE:-trusty}
export EFI_BOOT_DIR=EFI/ubuntu
case "$DIB_RELEASE" in
    precise | trusty) export DIB_INIT_SYSTEM=upstart ;;
    *) export DIB_INIT_SYSTEM=systemd ;;
esac
