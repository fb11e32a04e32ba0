#!/bin/bash
# case_bench.sh PROGRAM FOLDER [MEGABYTES]
# The time and the memory of one large mixed case: copies of FOLDER's event logs (*.evtx, over 60 kB),
# each with other bytes where the format has none to say, so that no copy counts as one that was read
# before, beside one copy of its traces and captures (*.log, *.txt).
set -euo pipefail
program=$(realpath "$1") folder=$(realpath "$2") megabytes=${3:-1000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mapfile -t logs < <(find "$folder" -name '*.evtx' -size +60k | LC_ALL=C sort)
[ ${#logs[@]} -gt 0 ] || { echo "no event logs in $folder" >&2; exit 2; }
mkdir -p "$work/case/text"
find "$folder" \( -name '*.log' -o -name '*.txt' \) -exec cp -t "$work/case/text" --backup=numbered {} +

bytes=0 copy=0
while [ $bytes -lt $((megabytes * 1000000)) ]; do
  machine=$work/case/host$((copy / ${#logs[@]}))
  mkdir -p "$machine"
  log=${logs[copy % ${#logs[@]}]}
  target=$machine/$(basename "$log")
  cp "$log" "$target"
  chmod u+w "$target"
  printf '%08d' $copy | dd of="$target" bs=1 seek=200 conv=notrunc status=none
  bytes=$((bytes + $(stat -c %s "$target")))
  copy=$((copy + 1))
done

echo "$copy event logs of $((bytes / 1000000)) MB, $(ls "$work/case/text" | wc -l) traces and captures"
/usr/bin/time -f '%e s, %M kB at most' "$program" "$work/case" --format json -o "$work/report.json" \
  2> >(tail -n 1 >&2)
