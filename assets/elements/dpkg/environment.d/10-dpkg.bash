# Names the directory (or file) of further keys that the image's apt trusts.
#
# Sets: DIB_ADD_APT_KEYS
export DIB_ADD_APT_KEYS=${DIB_ADD_APT_KEYS:-}
