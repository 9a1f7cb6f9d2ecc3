# Asks for pip from source.
#
# Sets: DIB_INSTALLTYPE_pip_and_virtualenv
export DIB_INSTALLTYPE_pip_and_virtualenv=source
