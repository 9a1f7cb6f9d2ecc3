# shellcheck shell=bash
# The dracut module of a deployment ramdisk: brings the network up early, and runs the elements' init before a root file
# system would be mounted.

check() {
    return 0
}

depends() {
    echo bash network
}

# shellcheck disable=SC2154 # moddir and initdir are dracut's
install() {
    inst_hook cmdline 80 "$moddir/deploy-cmdline.sh"
    inst_hook pre-mount 50 "$moddir/init.sh"
    inst_simple "$moddir/deploy-init" /deploy-init
}
