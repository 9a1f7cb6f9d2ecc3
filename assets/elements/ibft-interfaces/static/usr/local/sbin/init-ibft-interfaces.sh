#!/bin/bash
# Brings up the interfaces that the firmware booted over iSCSI with, as its table (iBFT) says.
# dib-lint: disable=dibdebugtrace
set -eu -o pipefail

if ! iscsistart -v > /dev/null; then
    echo "init-ibft-interfaces: iscsistart does not work" >&2
    exit 1
fi
if ! iscsistart -f > /dev/null 2>&1; then
    echo "init-ibft-interfaces: the firmware has no iSCSI boot table; nothing to do"
    exit 0
fi
if ! iscsistart -N; then
    echo "init-ibft-interfaces: the interfaces of the iSCSI boot table cannot be configured" >&2
    exit 1
fi
udevadm settle
