# Only what is in the image: no service is asked at boot.
#
# Sets: DIB_CLOUD_INIT_DATASOURCES
export DIB_CLOUD_INIT_DATASOURCES=NoCloud
