#!/bin/bash
# Tells the hypervisor what runs here; the agent asks for it.
set -eu -o pipefail

/etc/init.d/xe-linux-distribution start
sleep 2
