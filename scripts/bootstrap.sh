# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts/test and scripts/bench: sees to it that what a build needs is installed. Debian: one apt-get for
# the missing packages, nothing when all are there. Elsewhere: says what to install and gives up.

bench_packages=(
  g++ cmake ninja-build ccache python3 git ca-certificates
  libtbb-dev libbenchmark-dev libcurl4-openssl-dev nlohmann-json3-dev libcli11-dev libfmt-dev libssl-dev libopenblas-dev libeigen3-dev
)
# Libraries that scripts/peers compares with; nothing else needs them.
peer_packages=(python3-venv python3-dev libopenblas-dev libblis-openmp-dev libdnnl-dev libxsmm-dev libeigen3-dev)
test_packages=(
  "${bench_packages[@]}"
  binutils clang clang-format-19 libclang-rt-14-dev libomp-dev doctest-dev python3-jsonschema python3-yaml python3-venv shellcheck
  chromium faketime qemu-user g++-aarch64-linux-gnu
)

# install_missing <package>...
install_missing() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    require_tools "$@"
    return
  fi
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "$0: these packages are missing and this user cannot install them. As root, run:" >&2
      echo "  apt-get install ${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  echo "Installing: ${missing[*]}"
  if ! { "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; }
  then
    echo "$0: apt-get could not install: ${missing[*]}" >&2
    echo "Check the network and the package sources, or install these by other means." >&2
    exit 1
  fi
}

# Without apt-get: check for the tools and headers themselves; the Debian names say what is meant.
require_tools() {
  local missing=() command_name header package
  while read -r package command_name header; do
    [[ " $* " == *" $package "* ]] || continue
    if [ "$command_name" != - ] && ! command -v "$command_name" >/dev/null; then
      missing+=("$package ($command_name)")
    elif [ "$header" != - ] && command -v g++ >/dev/null &&
      ! echo "#include <$header>" | g++ -std=c++20 -fsyntax-only -x c++ - 2>/dev/null; then
      missing+=("$package (<$header>)")
    fi
  done <<'TABLE'
g++ g++ -
cmake cmake -
ninja-build ninja -
python3 python3 -
git git -
binutils objdump -
clang clang++ -
clang-format-19 clang-format-19 -
libtbb-dev - tbb/task_group.h
libbenchmark-dev - benchmark/benchmark.h
libcurl4-openssl-dev - curl/curl.h
nlohmann-json3-dev - nlohmann/json.hpp
libcli11-dev - CLI/CLI.hpp
libfmt-dev - fmt/core.h
libssl-dev - openssl/evp.h
doctest-dev - doctest/doctest.h
TABLE
  [ ${#missing[@]} -eq 0 ] && return
  echo "$0: only Debian and its relatives are set up automatically. Please install (Debian's names):" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
}

# use_compiler_cache <repository root>: lets later builds reuse earlier ones, also from another checkout.
use_compiler_cache() {
  command -v ccache >/dev/null || return 0
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache
  # pch_defines: for the precompiled headers of tests; no source defines a macro that they use.
  export CCACHE_BASEDIR=$1 CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
}
