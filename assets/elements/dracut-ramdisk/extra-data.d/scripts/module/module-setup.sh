# shellcheck shell=bash disable=SC2154 # moddir is dracut's
# The dracut module of a deployment ramdisk: brings the network up early, and runs the elements' init before a root file
# system would be mounted.

check() {
    return 0
}

# The older way of bringing the network up, where the image has it: it reads the command line after deploy-cmdline.sh
# has completed it, while systemd's generator reads it before.
depends() {
    local backend
    for backend in "${moddir%/*}"/*network-legacy; do
        if [ -d "$backend" ] && type -P dhclient > /dev/null; then
            echo bash network-legacy network
            return
        fi
    done
    echo bash network
}

install() {
    inst_hook cmdline 80 "$moddir/deploy-cmdline.sh"
    inst_hook pre-mount 50 "$moddir/init.sh"
    inst_simple "$moddir/deploy-init" /deploy-init
}
