#!/bin/bash
# Writes a DHCP configuration for network interfaces that have hardware behind them and a link.
#
# Usage: dhcp-all-interfaces.sh [INTERFACE]              all interfaces without an argument
#        dhcp-all-interfaces.sh --is-wanted INTERFACE    whether it has hardware behind it; writes nothing
# Effects: /etc/network/interfaces, /etc/sysconfig/network-scripts/ifcfg-* or /etc/sysconfig/network/ifcfg-*; with IPv6 a
#   lease file that holds the machine's DHCP unique identifier
# dib-lint: disable=dibdebugtrace
set -eu -o pipefail

timeout_s=DIB_DHCP_TIMEOUT
sys_class_net=/sys/class/net

say() {
    echo "dhcp-all-interfaces: $*"
}

find_flavour() {
    if [ -d /etc/network ]; then
        echo eni
    elif [ -d /etc/sysconfig/network-scripts ]; then
        echo rhel
    elif [ -d /etc/sysconfig/network ]; then
        echo suse
    else
        say "no known place for network configuration (/etc/network, /etc/sysconfig/network-scripts, /etc/sysconfig/network)" >&2
        return 1
    fi
}

# Prints a file of an interface in sysfs, or what to take when it cannot be read. Arguments: INTERFACE FILE OTHERWISE
read_attribute() {
    local value
    if ! read -r value 2> /dev/null < "$sys_class_net/$1/$2"; then
        value=$3
    fi
    echo "$value"
}

# An address type of 0 is the permanent one of the hardware, 2 one that was taken from another interface
# (Documentation/ABI/testing/sysfs-class-net).
has_hardware() {
    [ "$(read_attribute "$1" addr_assign_type 3)" = 0 ] || is_vlan "$1"
}

is_vlan() {
    local parent=${1%%.*}
    [ "$parent" != "$1" ] && [ "$(read_attribute "$1" addr_assign_type 3)" = 2 ] &&
        [ "$(read_attribute "$parent" addr_assign_type 3)" = 0 ]
}

is_configured() {
    case "$flavour" in
        eni) [ -n "$(ifquery "$1" 2> /dev/null || true)" ] ;;
        rhel) [ -e "/etc/sysconfig/network-scripts/ifcfg-$1" ] ;;
        suse) [ -e "/etc/sysconfig/network/ifcfg-$1" ] ;;
    esac
}

wait_for_link() {
    local try
    for ((try = 0; try < timeout_s; try++)); do
        ip link set dev "$1" up > /dev/null 2>&1 || true
        if [ "$(read_attribute "$1" carrier 0)" = 1 ]; then
            return 0
        fi
        sleep 1
    done
    return 1
}

# Asks the routers whether and how IPv6 addresses are given. Sets: ipv6, one of none slaac stateless stateful.
ask_routers() {
    local try status answer
    ipv6=none
    if ! type -P rdisc6 > /dev/null; then
        return 0
    fi
    for ((try = 0; try < timeout_s; try++)); do
        status=0
        answer=$(rdisc6 --retry 3 --single "$1" 2> /dev/null) || status=$?
        case "$status" in
            0) break ;;
            1) sleep 1 ;;
            *) return 0 ;;
        esac
    done
    if [ "$status" -ne 0 ]; then
        return 0
    fi
    ipv6=slaac
    if [[ $answer =~ Stateful\ address\ conf\.[[:blank:]]*:[[:blank:]]*Yes ]]; then
        ipv6=stateful
    elif [[ $answer =~ Stateful\ other\ conf\.[[:blank:]]*:[[:blank:]]*Yes ]]; then
        ipv6=stateless
    fi
}

# Has the DHCP client call itself what the network manager of the system would: a DUID of type 4, a UUID (RFC 6355).
# Arguments: LEASE-FILE
write_duid() {
    local id='' octets='\000\004' index
    [ ! -r /etc/machine-id ] || read -r id < /etc/machine-id || true
    if ! [[ $id =~ ^[0-9a-f]{32}$ ]] || [ -e "$1" ]; then
        return 0
    fi
    for ((index = 0; index < 32; index += 2)); do
        printf -v octets '%s\\%03o' "$octets" "$((16#${id:index:2}))"
    done
    mkdir -p "${1%/*}"
    printf 'default-duid "%s";\n' "$octets" > "$1"
}

# Under a lock, as units for several interfaces run at once.
write_eni() {
    local interface=$1
    (
        flock --exclusive 9
        if is_configured "$interface"; then
            return 0
        fi
        printf 'auto %s\niface %s inet dhcp\n' "$interface" "$interface" >> /etc/network/interfaces
        case "$ipv6" in
            none) ;;
            stateful) printf 'iface %s inet6 dhcp\n' "$interface" >> /etc/network/interfaces ;;
            stateless) printf 'iface %s inet6 auto\n\tdhcp 1\n' "$interface" >> /etc/network/interfaces ;;
            slaac) printf 'iface %s inet6 auto\n\tdhcp 0\n' "$interface" >> /etc/network/interfaces ;;
        esac
    ) 9>> /etc/network/interfaces
    if [ "$ipv6" != none ]; then
        write_duid "/var/lib/dhcp/dhclient6--$interface.lease"
    fi
}

write_rhel() {
    local interface=$1 file=/etc/sysconfig/network-scripts/ifcfg-$1
    {
        printf 'DEVICE="%s"\nBOOTPROTO="dhcp"\nONBOOT="yes"\n' "$interface"
        if [ "$(read_attribute "$interface" type 1)" = 32 ]; then
            printf '%s\n' 'TYPE="InfiniBand"' 'CONNECTED_MODE="no"' 'DEFROUTE="yes"' 'PEERDNS="yes"' 'PEERROUTES="yes"' \
                'IPV4_FAILURE_FATAL="yes"' 'IPV6INIT="no"'
        elif is_vlan "$interface"; then
            echo 'VLAN=yes'
        else
            echo 'TYPE="Ethernet"'
            case "$ipv6" in
                none) ;;
                stateful) printf '%s\n' 'IPV6INIT="yes"' 'IPV6_FORCE_ACCEPT_RA="yes"' 'DHCPV6C="yes"' ;;
                stateless) printf '%s\n' 'IPV6INIT="yes"' 'IPV6_AUTOCONF="yes"' 'DHCPV6C="yes"' 'DHCPV6C_OPTIONS="-S"' ;;
                slaac) printf '%s\n' 'IPV6INIT="yes"' 'IPV6_AUTOCONF="yes"' ;;
            esac
        fi
    } > "$file"
    if [ "$ipv6" != none ]; then
        write_duid "/var/lib/dhclient/dhclient6--$interface.lease"
    fi
}

write_suse() {
    printf "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n" > "/etc/sysconfig/network/ifcfg-$1"
}

configure() {
    local interface=$1 ipv6=none
    if is_configured "$interface"; then
        say "$interface is configured already"
        return 0
    fi
    if ! has_hardware "$interface"; then
        say "$interface has a generated MAC, skipping"
        return 0
    fi
    if ! wait_for_link "$interface"; then
        say "$interface has no link, skipping"
        return 0
    fi
    ask_routers "$interface"
    "write_$flavour" "$interface"
    say "$interface is configured for DHCP${ipv6:+ (IPv6: $ipv6)}"
}

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin${PATH:+:$PATH}
if [ "${1:-}" = --is-wanted ]; then
    has_hardware "$2"
    exit
fi
flavour=$(find_flavour)
if [ $# -gt 0 ]; then
    configure "$1"
    exit
fi
# All at once: those without a link do not keep the others waiting.
for directory in "$sys_class_net"/*; do
    interface=${directory##*/}
    if [ "$interface" != lo ] && [ -e "$directory/addr_assign_type" ]; then
        configure "$interface" &
    fi
done
wait
