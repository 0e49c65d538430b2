#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The verbs that need no engine: import, list, show, export, remove, as a script would use them.
# Usage: offline.sh VISITOR EXIT-CODE.H VISITOR.1
set -euo pipefail
visitor=$1
header=$2
manual=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export XDG_CONFIG_HOME=$dir/config LC_ALL=C.UTF-8
export SECRET_BACKEND=file SECRET_FILE_TEST_PATH=$dir/keyring SECRET_FILE_TEST_PASSWORD=pw
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$dir/no-bus
sites=$XDG_CONFIG_HOME/visitor/sites
n=0
failed=0

# expect NAME CODE TEXT COMMAND...: the exit code is CODE, and the output has TEXT in it
expect() {
  local name=$1 code=$2 text=$3 rc
  shift 3
  [ ! -e "$dir/out" ] || mv "$dir/out" "$dir/before"
  "$@" >"$dir/out" 2>&1 </dev/null && rc=0 || rc=$?
  n=$((n + 1))
  if [ $rc = "$code" ] && { [ -z "$text" ] || grep -qF -- "$text" "$dir/out"; }; then
    echo "ok $n - $name"
  else
    echo "not ok $n - $name (exit $rc, wanted $code and: $text)"
    sed 's/^/# /' "$dir/out"
    failed=1
  fi
}

mkdir "$dir/in"
printf '%s\n' '-----BEGIN CERTIFICATE-----' 'MAkGByqGSM49AgE=' '-----END CERTIFICATE-----' >"$dir/in/ca.pem"
cat >"$dir/in/work.conf" <<END
# from the customer
[site]
name=Work & Play
address=vpn.example.com:8443

[gateway]
ca=ca.pem

[sign-in]
method=eap-mschapv2
user=anna

[future]
colour=blue
END

expect 'no sites yet' 0 'You have no sites yet' "$visitor" list
expect 'import' 0 'The site “Work & Play” (work-play) was added.' "$visitor" import "$dir/in/work.conf"
expect 'private file' 0 '600' stat -c %a "$sites/work-play.conf"
expect 'private directory' 0 '700' stat -c %a "$sites"
expect 'certificate copied' 0 'BEGIN CERTIFICATE' grep ca= "$sites/work-play.conf"
expect 'import again' 5 'There is one of this name already' "$visitor" import "$dir/in/work.conf"
expect 'import in its place' 0 'was replaced' "$visitor" import --replace "$dir/in/work.conf"
expect 'no empty name' 2 'wants a name' "$visitor" import --name '' "$dir/in/work.conf"
expect 'import by another name' 0 '(play)' "$visitor" import --name Play "$dir/in/work.conf"
expect 'unknown keys are told' 0 '[future] colour' "$visitor" import --replace "$dir/in/work.conf"
rm "$dir/in/ca.pem"
expect 'certificate file gone' 3 'ca.pem' "$visitor" import --name More "$dir/in/work.conf"
expect 'list' 0 'work-play            Work & Play                    vpn.example.com:8443' "$visitor" list
expect 'show' 0 '1 certificate in the site' "$visitor" show 'work & PLAY'
expect 'show by id' 0 'User: anna' "$visitor" show work-play
expect 'show nothing' 3 'There is no such site' "$visitor" show nothing
expect 'show what looks like an option' 3 'called “-x”' "$visitor" show -- -x
expect 'show a path' 3 'There is no such site' "$visitor" show ../../etc/passwd
expect 'export' 0 '# from the customer' "$visitor" export work-play
expect 'export keeps the future' 0 'colour=blue' "$visitor" export work-play
expect 'export to a file' 0 'without its password' "$visitor" export work-play "$dir/out.conf"
expect 'export to standard output by its name' 0 'colour=blue' "$visitor" export work-play -
expect 'a full disk is told' 6 'No space left' bash -c "'$visitor' export work-play >/dev/full"
expect 'and of a list, too' 6 'No space left' bash -c "'$visitor' list >/dev/full"
expect 'export overwrites nothing' 5 'exists already' "$visitor" export work-play "$dir/out.conf"
expect 'export overwrites when told' 0 'was written' "$visitor" export --replace work-play "$dir/out.conf"
expect 'export is what is kept' 0 '' cmp "$dir/out.conf" "$sites/work-play.conf"
expect 'round trip' 0 'was replaced' "$visitor" import --replace "$dir/out.conf"
expect 'round trip is the same' 0 '' cmp "$dir/out.conf" "$sites/work-play.conf"
expect 'plain locale' 0 'The site "Play" (play)' env LC_ALL=C "$visitor" import --replace --name Play "$dir/out.conf"

strict='[site]\nname=Strict\naddress=gw\n[sign-in]\nmethod=psk\nuser=a\n[algorithms]\nike='
printf '%baes256-sha256-modp2048\n' "$strict" >"$dir/in/strict.conf"
expect 'import with algorithms' 0 'Strict' "$visitor" import "$dir/in/strict.conf"
expect 'show the algorithms' 0 'Algorithms for IKE: aes256-sha256-modp2048-prfsha256' "$visitor" show strict
expect 'remove it' 0 'was removed' "$visitor" remove strict
printf '%b3des-sha256-modp2048\n' "$strict" >"$dir/in/strict.conf"
expect 'a weak one is named' 4 'line 8, key ike in [algorithms]: proposal 1: 3des is too weak' \
  "$visitor" import "$dir/in/strict.conf"

printf '[site]\nname=x\naddress=gw:0\n[sign-in]\nmethod=psk\nuser=a\n' >"$dir/in/bad.conf"
expect 'error names line and key' 4 'line 3, key address in [site]: the port' "$visitor" import "$dir/in/bad.conf"
printf '[site]\naddress=gw\n[sign-in]\nmethod=psk\nuser=a\npsk=hunter2\n' >"$dir/in/bad.conf"
expect 'secrets are refused' 4 'line 6, key psk in [sign-in]: a site.conf holds no secrets' "$visitor" import "$dir/in/bad.conf"
expect 'secrets are not repeated' 1 '' grep -q hunter2 "$dir/before"
printf '[site]\nname=a\033[31m\naddress=gw\n' >"$dir/in/bad.conf"
expect 'control characters are refused' 4 'line 2: there is a control character' "$visitor" import "$dir/in/bad.conf"
printf '[connection]\nid=x\ntype=vpn\n' >"$dir/in/bad.conf"
expect 'a NetworkManager file' 4 'this is a NetworkManager connection' "$visitor" import "$dir/in/bad.conf"
printf 'client\nremote vpn.example.com\nup /tmp/run-me\n' >"$dir/in/bad.conf"
expect 'an OpenVPN file' 4 'this is an OpenVPN profile' "$visitor" import "$dir/in/bad.conf"
head -c 10485760 /dev/urandom >"$dir/in/bad.conf"
expect 'ten megabytes' 4 'too long' "$visitor" import "$dir/in/bad.conf"
head -c 4096 /dev/urandom >"$dir/in/bad.conf"
expect 'noise' 4 'no UTF-8 text' "$visitor" import "$dir/in/bad.conf"
expect 'a directory' 4 'not a regular file' "$visitor" import "$dir/in"
expect 'no file' 3 'No such file' "$visitor" import "$dir/in/none.conf"
expect 'an empty file name' 2 'needs more: FILE' "$visitor" import ''
expect 'a device' 4 'Details: /dev/null is not a regular file' "$visitor" import /dev/null

printf 'garbage' >"$sites/broken.conf"
expect 'a damaged site is told' 4 'broken.conf.corrupt-1' "$visitor" list
expect 'and kept' 0 'garbage' cat "$sites/broken.conf.corrupt-1"
expect 'and the others are there' 0 'Work & Play' "$visitor" list

expect 'remove' 0 'was removed' "$visitor" remove work-play
expect 'removed' 3 'no such site' "$visitor" show work-play
expect 'remove again' 3 'no such site' "$visitor" remove work-play

expect 'no engine' 12 "Visitor's engine does not answer" "$visitor" connect play
expect 'no engine for a diagnosis' 12 "Visitor's engine does not answer" "$visitor" diagnose play
printf 'garbage' >"$sites/hurt.conf"
expect 'a damaged site is not taken for an address' 4 'This site cannot be used' "$visitor" diagnose hurt
expect 'no address' 2 '“gw:99999” is none of your sites, and no address: the port' "$visitor" diagnose gw:99999
expect 'a word that may be a site' 12 'None of your sites is called “plai”' "$visitor" diagnose plai
expect 'no verb' 2 'lists the verbs' "$visitor"
expect 'an option before the verb' 2 '“--json” stands before the verb' "$visitor" --json status
expect 'one site, or all' 2 'Give a site or --all' "$visitor" disconnect --all play
expect 'one kind of keys' 2 'Give --ike or --sign-in' "$visitor" rekey --ike --sign-in
expect 'not a verb' 2 'is not a verb' "$visitor" dance
expect 'unknown option' 2 '--help' "$visitor" list --dance
expect 'too few arguments' 2 'needs more' "$visitor" show
expect 'too many arguments' 2 'does not know what to do' "$visitor" show a b
expect 'a descriptor below zero' 11 'cannot be read from file descriptor -1' "$visitor" connect --password-fd=-1 play
expect 'bad descriptor' 11 'cannot be read from file descriptor 99' "$visitor" connect --password-fd=99 play
expect 'help' 0 'disconnect [SITE]' "$visitor" --help
expect 'its columns stand' 0 '  diagnose SITE|HOST[:PORT]  Find out' "$visitor" --help
expect 'help of a verb' 0 '--password-fd' "$visitor" connect --help
expect 'and what it does' 0 'Connect to a site' "$visitor" connect --help
expect 'the same by another word' 0 '--password-fd' "$visitor" help connect
expect 'version' 0 'visitor 0.' "$visitor" --version
# the options in a verb's help are those that the manual page names with it
for verb in $("$visitor" --help | awk '/^  [a-z]/ { print $1 }'); do
  "$visitor" "$verb" --help | grep -o -- '--[a-z-]*' | sort -u | grep -v '^--help$' >"$dir/options" || true
  sed 's/\\-/-/g' "$manual" | grep -E "^\.(BR|BI|B) \"?$verb( |\"|$)" | grep -o -- '--[a-z-]*' | sort -u >"$dir/named" || true
  expect "options of $verb in the manual page" 0 '' diff "$dir/options" "$dir/named"
  [ "$verb" != status ] || cp "$dir/named" "$dir/kept"
done
expect 'and one of them is there' 0 '--json' cat "$dir/kept"
sed -n 's/^  EXIT_CODE_.* = \([0-9]*\),$/\1/p' "$header" >"$dir/codes"
sed -n '/^.SH EXIT STATUS/,/^.SH FILES/s/^\([0-9][0-9]*\)$/\1/p' "$manual" >"$dir/documented"
expect 'exit codes are documented' 0 '' diff "$dir/codes" "$dir/documented"
expect 'and there are some' 0 '130' cat "$dir/documented"
echo "1..$n"
exit $failed
