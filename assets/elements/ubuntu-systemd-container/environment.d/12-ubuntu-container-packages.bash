# Names the pockets and base packages of a machine container: no kernel, no initramfs, no boot loader.
#
# Sets: DIB_UBUNTU_MIRROR_DISTS, DIB_DEBOOTSTRAP_INCLUDE, DIB_DEBOOTSTRAP_RECOMMENDS
export DIB_UBUNTU_MIRROR_DISTS=updates,backports,security
case "${DIB_RELEASE:-noble}" in
    trusty | xenial) export DIB_DEBOOTSTRAP_INCLUDE=${DIB_DEBOOTSTRAP_INCLUDE:-sudo python3} ;;
    *) export DIB_DEBOOTSTRAP_INCLUDE=${DIB_DEBOOTSTRAP_INCLUDE:-systemd-sysv sudo python3} ;;
esac
export DIB_DEBOOTSTRAP_RECOMMENDS=${DIB_DEBOOTSTRAP_RECOMMENDS:-1}
