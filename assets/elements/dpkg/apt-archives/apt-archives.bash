# Reads apt source files and says which archive a distribution comes from, and which lines an image gets.
# Sourced, never run. Plain bash, no programs, so that environment files can use it too.
#
# Inputs (variables) of print_image_sources: DISTRO_NAME, DIB_RELEASE, DIB_DISTRIBUTION_MIRROR,
#   DIB_DEBIAN_SECURITY_MIRROR, DIB_DEBIAN_SECURITY_SUBPATH, DIB_DEBIAN_COMPONENTS, DIB_APT_SOURCES_CONF,
#   DIB_APT_SOURCES_CONF_DERIVED, DIB_UBUNTU_MIRROR_DISTS

# read_apt_sources ROOT
# Prints one line per active binary source and suite of ROOT/etc/apt, fields separated by tabs:
# URI, suite, components (blank separated), signed-by, architectures (blank separated), - for an empty field.
read_apt_sources() {
    local root=${1%/} file
    for file in "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d/"*.list; do
        if [ -f "$file" ] && [ -r "$file" ]; then
            read_one_line_sources "$root" "$file"
        fi
    done
    for file in "$root/etc/apt/sources.list.d/"*.sources; do
        if [ -f "$file" ] && [ -r "$file" ]; then
            read_deb822_sources "$root" "$file"
        fi
    done
}

# find_distribution_archive DISTRO ROOT ARCH
# Prints the address of the archive from which the system in ROOT gets DISTRO; nothing when ROOT is another
# distribution or names no such archive.
find_distribution_archive() {
    find_archive "$1" "$2" "$3" main
}

# find_security_archive DISTRO ROOT ARCH
# The same for the archive of security updates.
find_security_archive() {
    find_archive "$1" "$2" "$3" security
}

# checks_valid_until
# Whether an archive whose Release file has expired is refused. DIB_APT_CHECK_VALID_UNTIL decides when set (0: taken all
# the same); else, where the mirror comes from the build host's own sources, so does this: a host that reads a snapshot
# or a lagging mirror has told apt so. For hooks on the host; starts apt-config.
checks_valid_until() {
    local said=
    if [ -n "${DIB_APT_CHECK_VALID_UNTIL:-}" ]; then
        [ "$DIB_APT_CHECK_VALID_UNTIL" != 0 ]
        return
    fi
    if command -v apt-config > /dev/null; then
        # said='false'; read without eval, which the layer cache must take for a use of every variable.
        said=$(apt-config shell said Acquire::Check-Valid-Until/b)
        said=${said#*\'}
        said=${said%\'*}
    fi
    [ "$said" != false ]
}

# print_image_sources
# Prints the image's sources, one `NAME:LINE` per line: DIB_APT_SOURCES_CONF when the caller set or extended it, else
# the distribution's own. Computed when asked, so that a release or mirror that was chosen late counts.
print_image_sources() {
    local conf=${DIB_APT_SOURCES_CONF:-} derived=${DIB_APT_SOURCES_CONF_DERIVED:-} line
    if [ -z "$conf" ]; then
        print_distribution_sources
    elif [ -n "$derived" ] && [ "${conf:0:${#derived}}" = "$derived" ]; then
        print_distribution_sources
        conf=${conf:${#derived}}
    fi
    while IFS= read -r line || [ -n "$line" ]; do
        line=${line#"${line%%[![:space:]]*}"}
        line=${line%"${line##*[![:space:]]}"}
        if [ -n "$line" ]; then
            printf '%s\n' "$line"
        fi
    done <<< "$conf"
}

# print_distribution_sources
# What a plain image of DISTRO_NAME gets. Nothing while no mirror is known.
print_distribution_sources() {
    local mirror=${DIB_DISTRIBUTION_MIRROR:-} components=${DIB_DEBIAN_COMPONENTS:-main} release=${DIB_RELEASE:-stable}
    local security pocket
    components=${components//,/ }
    if [ -z "$mirror" ]; then
        return 0
    fi
    mirror=${mirror%/}
    if [ "${DISTRO_NAME:-debian}" = ubuntu ]; then
        printf 'default:deb %s %s %s\n' "$mirror" "$release" "$components"
        local pockets=${DIB_UBUNTU_MIRROR_DISTS:-updates,security,backports}
        for pocket in ${pockets//,/ }; do
            printf '%s:deb %s %s-%s %s\n' "$pocket" "$mirror" "$release" "$pocket" "$components"
        done
        return 0
    fi
    printf 'default:deb %s %s %s\n' "$mirror" "$release" "$components"
    case "$release" in
        # No suite of updates: the suite itself moves.
        testing | unstable | sid | experimental | rc-buggy) return 0 ;;
    esac
    security=${DIB_DEBIAN_SECURITY_MIRROR:-}
    security=${security:-$mirror-security}
    printf 'updates:deb %s %s-updates %s\n' "$mirror" "$release" "$components"
    case "$release" in
        # Up to Debian 10 the security suite was called RELEASE/updates.
        squeeze | wheezy | jessie | stretch | buster) pocket=$release/updates ;;
        *) pocket=$release-security ;;
    esac
    printf 'security:deb %s %s%s %s\n' "${security%/}" "$pocket" "${DIB_DEBIAN_SECURITY_SUBPATH:-}" "$components"
}

read_one_line_sources() {
    local root=$1 file=$2 line options uri suite components option signed architectures
    while IFS= read -r line || [ -n "$line" ]; do
        line=${line%%#*}
        line=${line//$'\t'/ }
        if [[ ! $line =~ ^\ *deb\ +(\[([^]]*)\]\ *)?([^ ]+)\ +([^ ]+)\ *(.*)$ ]]; then
            continue
        fi
        options=${BASH_REMATCH[2]}
        uri=${BASH_REMATCH[3]}
        suite=${BASH_REMATCH[4]}
        components=${BASH_REMATCH[5]}
        components=${components%"${components##*[! ]}"}
        signed=-
        architectures=-
        for option in $options; do
            case "$option" in
                signed-by=*) signed=${option#*=} ;;
                arch=*) architectures=${option#*=} ;;
            esac
        done
        print_apt_source "$root" "$uri" "$suite" "$components" "$signed" "${architectures//,/ }"
    done < "$file"
}

read_deb822_sources() {
    local root=$1 file=$2 line name value
    local -A field=()
    while IFS= read -r line || [ -n "$line" ]; do
        case "$line" in
            '#'*) continue ;;
            [[:space:]]*[![:space:]]*)
                # A further line of the field before.
                if [ -n "${name:-}" ]; then
                    field[$name]+=" $line"
                fi
                continue
                ;;
            *:*)
                name=${line%%:*}
                name=${name,,}
                field[$name]=${line#*:}
                continue
                ;;
        esac
        print_deb822_stanza
        field=()
        name=
    done < "$file"
    print_deb822_stanza
}

# Uses root and field of its caller.
print_deb822_stanza() {
    local type uri suite is_binary=
    for type in ${field[types]:-}; do
        if [ "$type" = deb ]; then
            is_binary=1
        fi
    done
    value=${field[enabled]:-yes}
    value=${value//[[:space:]]/}
    case "${value,,}" in
        no | false | 0 | off | without | disable) is_binary= ;;
    esac
    if [ -z "$is_binary" ]; then
        return 0
    fi
    local components signed architectures
    components=$(echo_words "${field[components]:-}")
    signed=$(echo_words "${field[signed-by]:-}")
    architectures=$(echo_words "${field[architectures]:-}")
    for uri in ${field[uris]:-}; do
        for suite in ${field[suites]:-}; do
            print_apt_source "$root" "$uri" "$suite" "$components" "$signed" "$architectures"
        done
    done
}

print_apt_source() {
    local root=$1 uri=$2
    case "$uri" in
        mirror+file:* | mirror:file:*) uri=$(read_mirror_list "$root" "${uri#*file:}") ;;
    esac
    case "$uri" in
        http://* | https://*) printf '%s\t%s\t%s\t%s\t%s\n' "${uri%/}" "$3" "${4:--}" "${5:--}" "${6:--}" ;;
    esac
}

# The first address in a list of mirrors, as cloud images of Debian use it.
read_mirror_list() {
    local path=$2 line
    while [ "${path:0:2}" = // ]; do
        path=${path#/}
    done
    if [ ! -r "$1$path" ]; then
        return 0
    fi
    while read -r line _ || [ -n "$line" ]; do
        case "$line" in
            http://* | https://*)
                printf '%s' "$line"
                return 0
                ;;
        esac
    done < "$1$path"
}

echo_words() {
    local -a words
    read -r -d '' -a words <<< "$1" || true
    printf '%s' "${words[*]:-}"
}

# An archive of the distribution shows itself by its keyring, by a suite of updates at the same address, or by its
# path; a third party's archive with the same suite names has none of these. The best mark wins, the first of equals.
find_archive() {
    local distro=$1 root=${2%/} arch=$3 wanted=$4
    if [ "$(read_os_id "$root")" != "$distro" ]; then
        return 0
    fi
    local sources uri suite components signed architectures marks best=0 found=
    sources=$(read_apt_sources "$root")
    while IFS=$'\t' read -r uri suite components signed architectures; do
        if [[ " $components " != *" main "* && $components != - ]]; then
            continue
        fi
        if [ -n "$arch" ] && [ "$architectures" != - ] && [[ " $architectures " != *" $arch "* ]]; then
            continue
        fi
        marks=0
        case "$wanted:$suite" in
            security:*-security | security:*/updates | security:*-security/*) ;;
            main:*[-/]*) continue ;;
            main:?*) ;;
            *) continue ;;
        esac
        case "$signed" in
            */"$distro"-archive-*) marks=$((marks + 4)) ;;
        esac
        if [ "$wanted" = main ] && [[ $'\n'$sources == *$'\n'"$uri"$'\t'"$suite-updates"$'\t'* ]]; then
            marks=$((marks + 2))
        fi
        case "$uri/" in
            */"$distro"/* | */"$distro"-security/* | */"$distro"-ports/*) marks=$((marks + 1)) ;;
        esac
        if [ "$marks" -gt "$best" ]; then
            best=$marks
            found=$uri
        fi
    done <<< "$sources"
    printf '%s' "$found"
}

read_os_id() {
    local file line
    for file in "$1/etc/os-release" "$1/usr/lib/os-release"; do
        if [ ! -r "$file" ]; then
            continue
        fi
        while IFS= read -r line || [ -n "$line" ]; do
            if [ "${line%%=*}" = ID ]; then
                line=${line#ID=}
                line=${line//\"/}
                printf '%s' "${line//\'/}"
                return 0
            fi
        done < "$file"
        return 0
    done
}
