# shellcheck shell=bash
# The dracut module that exports a disk by iSCSI: targetcli with the Python that it runs on.

check() {
    return 0
}

depends() {
    echo bash
}

# shellcheck disable=SC2154 # moddir is dracut's
install() {
    local -a files
    inst_multiple targetcli /usr/bin/python3
    inst_simple "$moddir/targetcli-wrapper" /targetcli-wrapper
    inst_simple "$moddir/iscsi-func" /iscsi-func
    # What targetcli imports, and what that needs: the modules that are loaded when it has started.
    # All at once: each call of dracut's installer reads what it has installed so far.
    mapfile -t files < <(/usr/bin/python3 "$moddir/targetcli-wrapper" --list-files)
    [ "${#files[@]}" -gt 0 ] || return 1
    inst_multiple "${files[@]}"
}
