#!/bin/sh
# Validates what the program writes: usage validate_reports.sh BINARY KITCHEN_SINK SAMPLES_FOLDER WORK_FOLDER
set -eu
binary=$1 kitchen_sink=$2 samples=$3 work=$4
here=$(dirname "$0")
rm -rf "$work" && mkdir -p "$work/reports"
"$binary" schema > "$work/schema.json"
"$kitchen_sink" json > "$work/reports/kitchen_sink.json"
for sample in "$samples"/*/; do
  [ -d "$sample" ] || continue
  # Exit 3 (nothing analyzable) still writes a report.
  "$binary" analyze "$sample" --format json -o - > "$work/reports/$(basename "$sample").json" || [ $? -eq 3 ]
done
# Debian's own interpreter: another python3 on the path does not see Debian's packages.
exec /usr/bin/python3 "$here/validate.py" "$work/schema.json" "$work"/reports/*.json
