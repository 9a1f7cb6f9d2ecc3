# Asks for pip from source.
#
# Sets: DIB_INSTALLTYPE_pip_and_virtualenv, DIB_RELEASE
export DIB_INSTALLTYPE_pip_and_virtualenv=source
export DIB_RELEASE=bookworm
