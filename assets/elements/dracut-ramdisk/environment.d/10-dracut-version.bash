# The dracut that is built from source where the distribution's own cannot be used.
# Sets: DRACUT_VERSION (a value given stays). Inputs: DISTRO_NAME, DIB_RELEASE, DIB_INSTALLTYPE_dracut.
export DRACUT_VERSION=${DRACUT_VERSION:-037}
if [ -z "${DIB_INSTALLTYPE_dracut:-}" ]; then
    # Ubuntu had no usable package before 16.04.
    case "${DISTRO_NAME:-}-${DIB_RELEASE:-}" in
        ubuntu-precise | ubuntu-trusty) DIB_INSTALLTYPE_dracut=source ;;
        *) DIB_INSTALLTYPE_dracut=package ;;
    esac
fi
export DIB_INSTALLTYPE_dracut
