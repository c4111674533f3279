# Shared by the scripts; sourced, not run.

say() { printf '%s\n' "$*" >&2; }

# The first Python that is new enough; PYTHON may name one.
find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  say "Python 3.11 or newer is needed. On Debian 12 and Ubuntu 24.04: apt-get install python3 python3-venv"
  return 1
}

# `sudo` where it asks for no password, nothing for root; fails where we may not install.
may_install() {
  command -v apt-get >/dev/null 2>&1 || return 1
  [ "$(id -u)" = 0 ] && return 0
  command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

has_packages() {
  command -v dpkg-query >/dev/null 2>&1 || return 1
  local name
  for name in "$@"; do
    dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^ii' || return 1
  done
}

# install_packages WHAT PACKAGE…: by apt when we may, else the exact command for a person.
install_packages() {
  local what=$1
  shift
  if may_install; then
    say "Installing: $*"
    local log
    log=$(mktemp)
    if { [ -n "${apt_is_fresh:-}" ] || as_root apt-get update -q; } >"$log" 2>&1 &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >>"$log" 2>&1; then
      apt_is_fresh=yes
      rm -f "$log"
      return 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
  fi
  say "$what could not be installed here. Please run:"
  say "  sudo apt-get update && sudo apt-get install --no-install-recommends $*"
  say "(macOS: brew install pango; other systems: see docs/operations.md)"
  return 1
}

# Debian and Ubuntu ship Python without the module that makes environments.
needs_venv() {
  local python=$1
  "$python" -c 'import ensurepip, venv' 2>/dev/null && return
  local version
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  install_packages "Python's venv module" "python$version-venv" && return
  return 1
}

# What an environment was made from: the interpreter it uses and both lock files.
environment_sum() {
  {
    .venv/bin/python -c 'import sys; print(sys.version_info[:2])'
    cat requirements.txt requirements-dev.txt
  } 2>/dev/null | sha256sum | cut -d' ' -f1
}

# make_environment PYTHON FILE: .venv with exactly the locked packages; a stamp tells that it is done.
make_environment() {
  local python=$1 file=$2 stamp=.venv/.installed
  # The larger set holds the smaller one.
  if grep -qxE "$(environment_sum) (requirements-dev.txt|$file)" "$stamp" 2>/dev/null; then
    return
  fi
  if grep -q requirements-dev.txt "$stamp" 2>/dev/null; then file=requirements-dev.txt; fi
  if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --clear .venv
  fi
  rm -f "$stamp"
  say "Installing the Python packages of $file into .venv (a minute or two)"
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r "$file"
  echo "$(environment_sum) $file" >"$stamp"
}
