# shellcheck shell=sh
# dracut reads its hooks into its own shell, which need not be bash; the assembled init is a bash program.
# On the console: systemd would send it to its journal, and give it no keyboard.
/bin/bash /deploy-init < /dev/console > /dev/console 2>&1
