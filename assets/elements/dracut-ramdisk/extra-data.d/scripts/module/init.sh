# shellcheck shell=sh
# dracut reads its hooks into its own shell, which need not be bash; the assembled init is a bash program.
/bin/bash /deploy-init
