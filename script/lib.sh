# Shared by the scripts beside it: where the project is, which SDK it uses, and how a script gives up. To be sourced.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# No build server stays behind when a script has ended, unless its caller wants one (UseSharedCompilation=true MSBUILDDISABLENODEREUSE=0).
export MSBUILDDISABLENODEREUSE=${MSBUILDDISABLENODEREUSE:-1} UseSharedCompilation=${UseSharedCompilation:-false}

# An SDK from dotnet-install.sh is in the home folder and on nobody's PATH.
if ! command -v dotnet >/dev/null && [[ -x ${HOME:-}/.dotnet/dotnet ]]; then
  export DOTNET_ROOT=$HOME/.dotnet PATH=$HOME/.dotnet:$PATH
fi

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

is_root() { ((EUID == 0)); }

# runtime_identifier: what .NET calls this machine.
runtime_identifier() {
  case $(uname -m) in
    x86_64) echo linux-x64 ;;
    aarch64) echo linux-arm64 ;;
    *) die "SuperServer is built for x86_64 and aarch64, not for $(uname -m)" ;;
  esac
}

# quietly COMMAND…: its output is shown only if it fails.
quietly() {
  local output
  output=$("$@" 2>&1) || {
    local status=$?
    printf '%s\n' "$output" >&2
    return "$status"
  }
}
