#!/bin/bash
# Tells the hypervisor what runs here; the agent asks for it.
# dib-lint: disable=dibdebugtrace
set -eu -o pipefail

/etc/init.d/xe-linux-distribution start
sleep 2
