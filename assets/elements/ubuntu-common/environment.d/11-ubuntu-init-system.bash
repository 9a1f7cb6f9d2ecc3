# Names the init system of the release.
#
# Inputs: DIB_RELEASE
# Sets: DIB_INIT_SYSTEM
if [ "${DIB_RELEASE:-noble}" = trusty ]; then
    export DIB_INIT_SYSTEM=upstart
else
    export DIB_INIT_SYSTEM=systemd
fi
