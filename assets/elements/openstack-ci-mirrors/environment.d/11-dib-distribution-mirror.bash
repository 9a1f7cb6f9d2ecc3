# Points builds inside the OpenStack CI at its mirrors; does nothing elsewhere.
#
# Inputs: /etc/ci/mirror_info.sh, or mirror_info.sh in the staging directory; DISTRO_NAME, DIB_RELEASE, ARCH,
#   DIB_OS_CI_YUM_REPOS
# Sets: DIB_DISTRIBUTION_MIRROR, DIB_DEBOOTSTRAP_EXTRA_ARGS, DIB_EPEL_MIRROR, DIB_DISTRIBUTION_MIRROR_UBUNTU_IGNORE,
#   DIB_DISTRIBUTION_MIRROR_UBUNTU_INSECURE, DIB_YUM_MINIMAL_BOOTSTRAP_REPOS
_dib_mirror_info=
for _dib_file in /etc/ci/mirror_info.sh /tmp/in_target.d/mirror_info.sh; do
    if [ -z "$_dib_mirror_info" ] && [ -f "$_dib_file" ]; then
        _dib_mirror_info=$_dib_file
    fi
done
if [ -z "$_dib_mirror_info" ]; then
    echo "openstack-ci-mirrors: no mirror_info.sh, nothing is changed" >&2
else
    # shellcheck source=/dev/null
    source "$_dib_mirror_info"
    case "${DISTRO_NAME:-}" in
        ubuntu)
            case "${ARCH:-}" in
                arm64) export DIB_DISTRIBUTION_MIRROR=${NODEPOOL_UBUNTU_PORTS_MIRROR:-} ;;
                amd64) export DIB_DISTRIBUTION_MIRROR=${NODEPOOL_UBUNTU_MIRROR:-} ;;
            esac
            export DIB_DEBOOTSTRAP_EXTRA_ARGS="${DIB_DEBOOTSTRAP_EXTRA_ARGS:-} --no-check-gpg"
            ;;
        debian)
            export DIB_DISTRIBUTION_MIRROR=${NODEPOOL_DEBIAN_MIRROR:-}
            export DIB_DEBOOTSTRAP_EXTRA_ARGS="${DIB_DEBOOTSTRAP_EXTRA_ARGS:-} --no-check-gpg"
            ;;
        centos)
            if [ "${DIB_RELEASE:-}" = 9-stream ]; then
                export DIB_DISTRIBUTION_MIRROR=${NODEPOOL_CENTOS_MIRROR:-}
                export DIB_EPEL_MIRROR=${NODEPOOL_EPEL_MIRROR:-}
            fi
            ;;
        opensuse) export DIB_DISTRIBUTION_MIRROR=${NODEPOOL_OPENSUSE_MIRROR:-} ;;
    esac
    export DIB_DISTRIBUTION_MIRROR_UBUNTU_IGNORE="(universe|multiverse)"
    export DIB_DISTRIBUTION_MIRROR_UBUNTU_INSECURE=1
    if [ -d "${DIB_OS_CI_YUM_REPOS:-}" ]; then
        case "${DISTRO_NAME:-}" in
            centos | openeuler)
                export DIB_YUM_MINIMAL_BOOTSTRAP_REPOS="$DIB_OS_CI_YUM_REPOS/$DISTRO_NAME-minimal/${DIB_RELEASE:-}/yum.repos.d"
                ;;
        esac
    fi
fi
unset _dib_mirror_info _dib_file
