# shellcheck shell=sh
# dracut wants a root file system, which there is none of, and more fields in ip= than the deployment server gives:
# client:server:gateway:netmask becomes client:server:gateway:netmask:::off.

# shellcheck disable=SC2034 # dracut's
root=/dev/zero rootok=1

dib_cmdline=
# shellcheck disable=SC2013 # words, not lines
for dib_word in $(cat /proc/cmdline); do
    case "$dib_word" in
        ip=*:*:*:*:*) ;;
        ip=*:*:*:*) dib_word=$dib_word:::off ;;
    esac
    dib_cmdline="$dib_cmdline${dib_cmdline:+ }$dib_word"
done
mkdir -p /run
echo "$dib_cmdline" > /run/dib-cmdline
mount --bind /run/dib-cmdline /proc/cmdline
mount -o remount,bind,ro /proc/cmdline
# dracut keeps what it has read.
# shellcheck disable=SC2034
CMDLINE=
unset dib_cmdline dib_word
