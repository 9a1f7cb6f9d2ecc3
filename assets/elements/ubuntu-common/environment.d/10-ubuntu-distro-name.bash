# Says which Ubuntu is built and where its packages come from.
#
# Inputs: DISTRO_NAME, DIB_RELEASE, DIB_DEBIAN_COMPONENTS, DIB_DISTRIBUTION_MIRROR, ARCH, and apt's sources of this system
# Sets: these and EFI_BOOT_DIR
export DISTRO_NAME=${DISTRO_NAME:-ubuntu}
export DIB_RELEASE=${DIB_RELEASE:-noble}
export DIB_DEBIAN_COMPONENTS=${DIB_DEBIAN_COMPONENTS:-main,universe}
export EFI_BOOT_DIR=EFI/ubuntu
export DIB_DISTRIBUTION_MIRROR=${DIB_DISTRIBUTION_MIRROR:-}

# No address is written here: it is that of the system on which the hooks run, else the bootstrap tool's own.
if [ -z "$DIB_DISTRIBUTION_MIRROR" ]; then
    _dib_here=${BASH_SOURCE[0]%/*}/..
    for _dib_archives in "$_dib_here/apt-archives" "$_dib_here/../dpkg/apt-archives"; do
        if [ -r "$_dib_archives/apt-archives.bash" ]; then
            # shellcheck source=/dev/null
            source "$_dib_archives/apt-archives.bash"
            DIB_DISTRIBUTION_MIRROR=$(find_distribution_archive ubuntu / "${ARCH:-}")
            break
        fi
    done
    unset _dib_here _dib_archives
fi
