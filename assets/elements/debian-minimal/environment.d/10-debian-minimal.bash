# Says which Debian is built and where its packages come from.
#
# Inputs: DIB_RELEASE, DIB_DEBIAN_DISTRIBUTION_MIRROR, DIB_DISTRIBUTION_MIRROR, DIB_DEBIAN_SECURITY_MIRROR,
#   DIB_DEBIAN_SECURITY_SUBPATH, DIB_DEBIAN_COMPONENTS, DIB_APT_SOURCES_CONF, ARCH, and apt's sources of this system
# Sets: these, DISTRO_NAME, DIB_INIT_SYSTEM, EFI_BOOT_DIR, DIB_DEBIAN_COMPONENTS_WS, DIB_DEBOOTSTRAP_INCLUDE,
#   DIB_DEBOOTSTRAP_RECOMMENDS, DIB_APT_SOURCES_CONF_DERIVED
export DISTRO_NAME=debian
export DIB_RELEASE=${DIB_RELEASE:-stable}
export DIB_INIT_SYSTEM=systemd
export EFI_BOOT_DIR=EFI/debian

export DIB_DEBIAN_COMPONENTS=${DIB_DEBIAN_COMPONENTS:-main}
export DIB_DEBIAN_COMPONENTS_WS=${DIB_DEBIAN_COMPONENTS//,/ }
export DIB_DISTRIBUTION_MIRROR=${DIB_DEBIAN_DISTRIBUTION_MIRROR:-${DIB_DISTRIBUTION_MIRROR:-}}
export DIB_DEBIAN_SECURITY_MIRROR=${DIB_DEBIAN_SECURITY_MIRROR:-}
export DIB_DEBIAN_SECURITY_SUBPATH=${DIB_DEBIAN_SECURITY_SUBPATH:-}

# What the base system holds beside what the bootstrap brings, with the packages that these recommend unless told not to.
export DIB_DEBOOTSTRAP_INCLUDE=${DIB_DEBOOTSTRAP_INCLUDE:-systemd-sysv busybox sudo gnupg2 python3}
export DIB_DEBOOTSTRAP_RECOMMENDS=${DIB_DEBOOTSTRAP_RECOMMENDS:-1}

# No address is written here: it is that of the system on which the hooks run, so the build host's outside and, as the
# image has the same one by then, the image's inside.
_dib_here=${BASH_SOURCE[0]%/*}/..
for _dib_archives in "$_dib_here/apt-archives" "$_dib_here/../dpkg/apt-archives"; do
    if [ -r "$_dib_archives/apt-archives.bash" ]; then
        # shellcheck source=/dev/null
        source "$_dib_archives/apt-archives.bash"
        if [ -z "$DIB_DISTRIBUTION_MIRROR" ]; then
            DIB_DISTRIBUTION_MIRROR=$(find_distribution_archive debian / "${ARCH:-}")
        fi
        if [ -z "$DIB_DEBIAN_SECURITY_MIRROR" ]; then
            DIB_DEBIAN_SECURITY_MIRROR=$(find_security_archive debian / "${ARCH:-}")
        fi
        export DIB_APT_SOURCES_CONF_DERIVED
        DIB_APT_SOURCES_CONF_DERIVED=$(print_distribution_sources)
        export DIB_APT_SOURCES_CONF=${DIB_APT_SOURCES_CONF:-$DIB_APT_SOURCES_CONF_DERIVED}
        break
    fi
done
unset _dib_here _dib_archives
