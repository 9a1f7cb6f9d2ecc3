#!/bin/bash
# Makes each ssh host key that is missing, of the kinds that this OpenSSH can make.
#
# Effects: /etc/ssh/ssh_host_*_key
# dib-lint: disable=dibdebugtrace
set -eu -o pipefail

made=0
for type in ecdsa ed25519 rsa; do
    key=/etc/ssh/ssh_host_${type}_key
    if [ -f "$key" ]; then
        made=$((made + 1))
    # Another program may be making it at the same moment: its key stays.
    elif ssh-keygen -q -t "$type" -N '' -f "$key" <<< n; then
        made=$((made + 1))
    elif [ -f "$key" ]; then
        made=$((made + 1))
    fi
done
if [ "$made" -eq 0 ]; then
    echo "runtime-ssh-host-keys: no host key could be made" >&2
    exit 1
fi
