#!/usr/bin/env bash
# Plays the session that README.md shows under "A library at a time" and puts what was said between its
# markers. Makes its own small library of the sample song, in a folder and with an index of its own.
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export XDG_DATA_HOME=$place/data NO_COLOR=1
song=$home/samples/twelve-bar-blues.mp3
cd "$place"
mkdir -p "Music/Juke joint"
cp "$song" "Music/Juke joint/01 Twelve bars.mp3"
cp "$song" "Music/a copy.mp3"
head -c 200000 "$song" >Music/intro.mp3
tail -c 200000 "$song" >"Music/not really a text.txt"
echo "not music" >Music/broken.flac
printf '\211PNG\r\n\032\n' >Music/cover.png
printf '#EXTM3U\na copy.mp3\n' >Music/all.m3u8

# The name stands for the launcher of this checkout.
tonearm() {
  "$home/tonearm" "$@"
}

say() {
  printf '$ %s\n' "$1"
  # Both streams, in the order in which they were written. A status of 1 is part of the session: one of
  # the files is broken on purpose.
  status=0
  eval "$1" >said 2>&1 || status=$?
  sed "s|$place/|~/|g" said
  [ "$status" -le 1 ] || exit "$status"
}
# Builds it first, where that is needed: what a build says is no part of the session.
tonearm version >/dev/null
{
  echo '```text'
  say 'tonearm classify -r Music --top 1'
  echo
  say 'tonearm classify -r Music --csv -o genres.csv'
  echo
  say 'tonearm library stats'
  echo
  say 'tonearm similar Music/intro.mp3 --top 1'
  echo
  say 'tonearm tag -r Music'
  echo
  say 'tonearm tag -r Music --write'
  echo
  say 'tonearm tag --undo --write'
  echo '```'
} >session.md
awk -v session="$place/session.md" '
  /<!-- session:end -->/ { skip = 0 }
  !skip { print }
  /<!-- session:begin -->/ { skip = 1; while ((getline line < session) > 0) print line }
' "$home/README.md" >README.new
cp README.new "$home/README.md"
