#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What bash offers for visitor: verbs, options, the user's sites. Usage: completion.sh VISITOR SCRIPT
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export XDG_CONFIG_HOME=$dir/config LC_ALL=C.UTF-8
ln -s "$(realpath "$1")" "$dir/visitor"
PATH=$dir:$PATH
for name in Work Play; do
  printf '[site]\nname=%s\naddress=gw\n[sign-in]\nmethod=psk\nuser=a\n' $name >"$dir/$name.conf"
  visitor import "$dir/$name.conf" >/dev/null
done
# shellcheck source=/dev/null
source "$2"
cd "$dir"
n=0
failed=0

# offers WANTED WORD...: the words after "visitor", the last one being completed
offers() {
  local wanted=$1
  shift
  COMP_WORDS=(visitor "$@")
  COMP_CWORD=$#
  _visitor
  n=$((n + 1))
  if [ "${COMPREPLY[*]-}" = "$wanted" ]; then
    echo "ok $n - visitor $*"
  else
    echo "not ok $n - visitor $*: offered '${COMPREPLY[*]-}', wanted '$wanted'"
    failed=1
  fi
}

offers 'import list show connect disconnect rekey diagnose portal status monitor export remove --help --version' ''
offers 'connect' con
offers 'import' i
offers '--version' --v
offers 'play work' connect ''
offers 'work' connect --wait w
offers '' connect work ''
offers 'play work' diagnose ''
offers '--password-fd' connect --pa
offers '--proxy-password-fd --proxy-in-clear' connect --pr
offers '' connect --password-fd ''
offers 'work' connect --password-fd 0 w
offers 'work' connect --proxy-password-fd 3 w
offers 'play work' status ''
offers '--json' status --j
offers 'Work.conf' import W
offers '' import --name W
offers 'work' export w
offers 'Play.conf' export work P
offers 'play' remove p
offers '' list ''
# every verb of the program is offered, and its options are those that its help has
for verb in $(visitor --help | awk '/^  [a-z]/ { print $1 }'); do
  options=$(visitor "$verb" --help | grep -o -- '--[a-z-]*' | sort -u | grep -v '^--help$' | paste -sd' ' || true)
  COMP_WORDS=(visitor "$verb" --)
  COMP_CWORD=2
  _visitor
  known=$(printf '%s\n' "${COMPREPLY[@]}" | sort | grep -v '^--help$' | paste -sd' ' || true)
  n=$((n + 1))
  if [ "$options" = "$known" ]; then
    echo "ok $n - options of $verb"
  else
    echo "not ok $n - options of $verb: '$options' in its help, '$known' offered"
    failed=1
  fi
done
echo "1..$n"
exit $failed
