#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a program says of its options is what its manual page has, in characters that a terminal shows.
# Usage: help.sh PROGRAM MANUAL
set -euo pipefail
export LC_ALL=C.UTF-8
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
name=$(basename "$1")
failed=0

# check NAME COMMAND...
check() {
  local what=$1
  shift
  if "$@" >"$dir/out" 2>&1; then
    echo "ok - $name: $what"
  else
    echo "not ok - $name: $what"
    sed 's/^/# /' "$dir/out"
    failed=1
  fi
}

"$1" --help >"$dir/help"
grep -o -- '^  .*--[a-z-]*' "$dir/help" | grep -o -- '--[a-z-]*' | grep -v '^--help$' | sort -u >"$dir/options"
sed 's/\\-/-/g' "$2" | grep -E '^\.(BR|BI|B) "?--' | grep -o -- '--[a-z-]*' | grep -v '^--help$' | sort -u >"$dir/named"
check 'it has options' grep -q -- '^--debug$' "$dir/options"
check 'the manual page names all of them and no other' diff "$dir/options" "$dir/named"
check 'its help is readable' grep -qF '[OPTION…]' "$dir/help"
echo "1..3"
exit $failed
