# Where cloud-init looks, and which file is used instead of a download.
#
# Sets: DIB_CLOUD_INIT_DATASOURCES, DIB_LOCAL_IMAGE
export DIB_CLOUD_INIT_DATASOURCES=${DIB_CLOUD_INIT_DATASOURCES:-Ec2}
export DIB_LOCAL_IMAGE=${DIB_LOCAL_IMAGE:-}
