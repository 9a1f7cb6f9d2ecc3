#!/bin/bash
# Starts the agent, and waits until it has written the network configuration.
# dib-lint: disable=dibdebugtrace
set -eu -o pipefail

/etc/init.d/nova-agent start
sleep 13
ifdown -a || true
ifup -a || true
