# shellcheck shell=bash
# Takes the old name of the variable that says which version of the agent is built.
#
# Inputs: DIB_REPOREF_agent. Sets: DIB_REPOREF_ironic_agent
if [ -n "${DIB_REPOREF_agent:-}" ]; then
    echo "WARNING: DIB_REPOREF_agent is deprecated, use DIB_REPOREF_ironic_agent" >&2
    export DIB_REPOREF_ironic_agent=${DIB_REPOREF_ironic_agent:-$DIB_REPOREF_agent}
fi
