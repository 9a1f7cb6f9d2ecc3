# Chooses the kernel.
#
# Sets: DIB_UBUNTU_KERNEL, one of linux-image-generic, linux-image-kvm, linux-image-virtual, linux-image-hwe
export DIB_UBUNTU_KERNEL=${DIB_UBUNTU_KERNEL:-linux-image-generic}
_dib_kernel="$DIB_UBUNTU_KERNEL ${ARCH:-} ${DIB_RELEASE:-noble}"
case "$_dib_kernel" in
    "linux-image-generic "* | "linux-image-virtual "*) ;;
    "linux-image-kvm arm64 "*)
        echo "ubuntu-minimal: Ubuntu has no linux-image-kvm for arm64" >&2
        return 1
        ;;
    "linux-image-kvm "*) ;;
    "linux-image-hwe "*" bionic" | "linux-image-hwe "*" focal" | "linux-image-hwe "*" jammy" | "linux-image-hwe "*" noble") ;;
    "linux-image-hwe "*)
        echo "ubuntu-minimal: linux-image-hwe is for bionic, focal, jammy and noble, not for ${DIB_RELEASE:-noble}" >&2
        return 1
        ;;
    *)
        echo "ubuntu-minimal: DIB_UBUNTU_KERNEL=$DIB_UBUNTU_KERNEL is none of linux-image-generic, linux-image-kvm, linux-image-virtual, linux-image-hwe" >&2
        return 1
        ;;
esac
unset _dib_kernel
