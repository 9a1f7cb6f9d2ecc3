# Says which release is built.
#
# Sets: DIB_RELEASE
export DIB_RELEASE=forky
