#!/bin/sh
# Validates what the program writes: usage validate_reports.sh BINARY KITCHEN_SINK SAMPLES_FOLDER WORK_FOLDER
set -eu
binary=$1 kitchen_sink=$2 samples=$3 work=$4
here=$(dirname "$0")
rm -rf "$work" && mkdir -p "$work"
"$binary" schema > "$work/schema.json"
"$kitchen_sink" json > "$work/kitchen_sink.json"
for sample in "$samples"/*/; do
  [ -d "$sample" ] || continue
  "$binary" analyze "$sample" --format json -o - > "$work/$(basename "$sample").json" || true
done
set -- "$work"/*.json
shift_schema() { for file in "$@"; do [ "$file" = "$work/schema.json" ] || printf '%s\n' "$file"; done; }
# Debian's own interpreter: another python3 on the path does not see Debian's packages.
shift_schema "$@" | tr '\n' '\0' | xargs -0 /usr/bin/python3 "$here/validate.py" "$work/schema.json"
