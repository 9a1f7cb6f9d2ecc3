# Names the pockets that are used beside the release itself, and the base packages.
#
# Sets: DIB_UBUNTU_MIRROR_DISTS, DIB_DEBOOTSTRAP_INCLUDE, DIB_DEBOOTSTRAP_RECOMMENDS
export DIB_UBUNTU_MIRROR_DISTS=${DIB_UBUNTU_MIRROR_DISTS:-updates,security,backports}
case "${DIB_RELEASE:-noble}" in
    trusty | xenial) export DIB_DEBOOTSTRAP_INCLUDE=${DIB_DEBOOTSTRAP_INCLUDE:-busybox sudo python3} ;;
    *) export DIB_DEBOOTSTRAP_INCLUDE=${DIB_DEBOOTSTRAP_INCLUDE:-systemd-sysv busybox sudo python3} ;;
esac
export DIB_DEBOOTSTRAP_RECOMMENDS=${DIB_DEBOOTSTRAP_RECOMMENDS:-1}
