# What the hooks that finish a bootstrapped base system have in common. Sourced, never run.
#
# Inputs (variables): TARGET_ROOT, DISTRO_NAME, DIB_APT_KEYRING, DIB_DEBIAN_KEYRING, DIB_DEBOOTSTRAP_RECOMMENDS,
#   DIB_OFFLINE, http_proxy, https_proxy, no_proxy

# install_image_keyring
# Lets the image trust the keyring that the caller named for the archive.
install_image_keyring() {
    local keyring=${DIB_APT_KEYRING:-${DIB_DEBIAN_KEYRING:-}} extension=gpg
    if [ -z "$keyring" ]; then
        return 0
    fi
    if head -c 64 "$keyring" | grep -q 'BEGIN PGP PUBLIC KEY BLOCK'; then
        extension=asc
    fi
    sudo install -D -m 0644 "$keyring" "$TARGET_ROOT/etc/apt/trusted.gpg.d/dib-archive-keyring.$extension"
}

# print_keyring_option
# The option that a source line needs where the release no longer trusts its archive's keyring for all sources.
print_keyring_option() {
    local file suffix
    for file in "$TARGET_ROOT/etc/apt/trusted.gpg" "$TARGET_ROOT/etc/apt/trusted.gpg.d/"*; do
        if [ -s "$file" ]; then
            return 0
        fi
    done
    for suffix in gpg pgp; do
        file=/usr/share/keyrings/$DISTRO_NAME-archive-keyring.$suffix
        if [ -e "$TARGET_ROOT$file" ]; then
            printf '[signed-by=%s]' "$file"
            return 0
        fi
    done
}

# mount_kernel_filesystems, unmount_kernel_filesystems
# proc and a read-only sys for maintainer scripts. A user namespace may refuse a new sysfs; then it is bound.
mount_kernel_filesystems() {
    sudo mount -t proc none "$TARGET_ROOT/proc"
    if ! sudo mount -t sysfs -o ro none "$TARGET_ROOT/sys" 2> /dev/null; then
        sudo mount --rbind /sys "$TARGET_ROOT/sys"
        sudo mount -o remount,bind,ro "$TARGET_ROOT/sys" 2> /dev/null || true
    fi
}

unmount_kernel_filesystems() {
    local directory
    for directory in sys proc; do
        if mountpoint -q "$TARGET_ROOT/$directory"; then
            sudo umount -l "$TARGET_ROOT/$directory"
        fi
    done
}

# mount_devices, unmount_devices
# The harmless devices for commands that root.d hooks run in the tree; an image has no device nodes of its own.
mount_devices() {
    local node
    sudo find "$TARGET_ROOT/dev" -xdev -mindepth 1 -delete
    sudo mount -t tmpfs -o mode=0755,size=64k none "$TARGET_ROOT/dev"
    for node in null zero full random urandom tty; do
        sudo touch "$TARGET_ROOT/dev/$node"
        sudo mount --bind "/dev/$node" "$TARGET_ROOT/dev/$node"
    done
    sudo ln -s /proc/self/fd "$TARGET_ROOT/dev/fd"
}

unmount_devices() {
    if mountpoint -q "$TARGET_ROOT/dev"; then
        sudo umount -l "$TARGET_ROOT/dev"
    fi
    sudo find "$TARGET_ROOT/dev" -xdev -mindepth 1 -delete
}

# run_in_tree COMMAND [ARGUMENT...]
# Runs a command in the tree with the environment of package installation.
run_in_tree() {
    sudo chroot "$TARGET_ROOT" /usr/bin/env -u TMPDIR \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LC_ALL=C DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true \
        http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" "$@"
}

# finish_base_system SOURCES PACKAGE...
# Upgrades the tree and installs the packages, unless the bootstrap took them from the same sources already.
finish_base_system() {
    local sources=$1 package missing=()
    shift
    local note=$TARGET_ROOT/var/lib/apt/dib-bootstrap-sources
    local apt_get=(apt-get) fetch_ahead=/var/cache/apt/archives/.dib-ahead/fetch-ahead
    if [ -x "$TARGET_ROOT$fetch_ahead" ]; then
        apt_get=("$fetch_ahead" beside)
    fi
    apt_get+=(--assume-yes -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold)
    if [ "${DIB_DEBOOTSTRAP_RECOMMENDS:-0}" = 0 ]; then
        apt_get+=(--no-install-recommends)
    else
        apt_get+=(--install-recommends)
    fi
    if [ -f "$note" ] && [ "$(cat "$note")" = "$sources" ]; then
        echo "The bootstrap used the image's own sources: nothing to upgrade"
        run_in_tree bash -s -- --trust < "${BASH_SOURCE[0]%/*}/refresh-package-lists"
    else
        run_in_tree bash -s -- --now < "${BASH_SOURCE[0]%/*}/refresh-package-lists"
        run_in_tree "${apt_get[@]}" dist-upgrade
    fi
    for package in "$@"; do
        # shellcheck disable=SC2016 # dpkg-query's field, not a variable
        if [ "$(run_in_tree dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" != installed ]; then
            missing+=("$package")
        fi
    done
    if [ "${#missing[@]}" -gt 0 ]; then
        run_in_tree "${apt_get[@]}" install "${missing[@]}"
    fi
}
