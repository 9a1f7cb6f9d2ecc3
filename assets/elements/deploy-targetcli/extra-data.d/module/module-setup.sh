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
    local file
    inst_multiple targetcli /usr/bin/python3
    inst_simple "$moddir/targetcli-wrapper" /targetcli-wrapper
    inst_simple "$moddir/iscsi-func" /iscsi-func
    # What targetcli imports, and what that needs: the modules that are loaded when it has started.
    while IFS= read -r file; do
        inst "$file"
    done < <(/usr/bin/python3 "$moddir/targetcli-wrapper" --list-files)
}
