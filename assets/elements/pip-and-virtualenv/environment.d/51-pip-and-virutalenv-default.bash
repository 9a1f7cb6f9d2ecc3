# How pip and virtualenv come into the image, and the commands that other elements use.
# Inputs: DISTRO_NAME, DIB_PYTHON_VERSION. Sets: DIB_INSTALLTYPE_pip_and_virtualenv and DIB_GET_PIP_URL (values given
# stay), and in the target, once dib-python is there, DIB_PYTHON_PIP and DIB_PYTHON_VIRTUALENV.
# Distributions ship their own pip, and guard it: packages are the default everywhere.
export DIB_INSTALLTYPE_pip_and_virtualenv=${DIB_INSTALLTYPE_pip_and_virtualenv:-package}
if [ "$DIB_INSTALLTYPE_pip_and_virtualenv" = source ]; then
    case "${DISTRO_NAME:-}" in
        *centos* | *rhel*)
            echo "pip and virtualenv cannot be installed from source on ${DISTRO_NAME:-}: unset DIB_INSTALLTYPE_pip_and_virtualenv" >&2
            exit 1
            ;;
    esac
fi
if [ -z "${DIB_GET_PIP_URL:-}" ]; then
    if [ "${DIB_PYTHON_VERSION:-3}" = 2 ]; then
        DIB_GET_PIP_URL=https://bootstrap.pypa.io/pip/2.7/get-pip.py
    else
        DIB_GET_PIP_URL=https://bootstrap.pypa.io/get-pip.py
    fi
fi
export DIB_GET_PIP_URL
if [ -e /usr/local/bin/dib-python ] && [[ ${BASH_SOURCE[0]} == /tmp/in_target.d/* ]]; then
    # The link's target, so that installed scripts do not name the link, which the image does not keep.
    DIB_PIP_PYTHON=$(readlink -f /usr/local/bin/dib-python)
    export DIB_PYTHON_PIP="$DIB_PIP_PYTHON -m pip"
    if [ "${DIB_PYTHON_VERSION:-3}" = 2 ]; then
        export DIB_PYTHON_VIRTUALENV="$DIB_PIP_PYTHON -m virtualenv"
    else
        export DIB_PYTHON_VIRTUALENV="$DIB_PIP_PYTHON -m venv"
    fi
    # Elements install into the image's own Python, which PEP 668 distributions refuse unless told.
    export PIP_BREAK_SYSTEM_PACKAGES=${PIP_BREAK_SYSTEM_PACKAGES:-1}
fi
