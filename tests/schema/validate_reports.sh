#!/bin/sh
# Every format of every sample, by the rules of what reads it:
# validate_reports.sh PROGRAM KITCHEN_SINK SAMPLES_FOLDER WORK_FOLDER
# The OASIS schema of SARIF is not ours to keep: it is looked for where
#   npm install --prefix build/browser @microsoft/sarif-multitool-linux
# puts it, or in RDPTRIAGE_SARIF_SCHEMA; without it the rest is checked and a notice says so.
set -eu
program=$1 kitchen_sink=$2 samples=$3 work=$4
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
rm -rf "$work" && mkdir -p "$work"
"$program" schema > "$work/schema.json"
for format in json sarif junit github text html markdown jsonl; do
  "$kitchen_sink" $format > "$work/kitchen_sink.$format"
done
for format in sarif junit; do "$kitchen_sink" $format 5000 > "$work/large.$format"; done
for sample in "$samples"/*/; do
  name=$work/$(basename "$sample")
  # Exit 3 (nothing analyzable) still writes a report.
  "$program" analyze "$sample/case" -q --format json="$name.json" --format sarif="$name.sarif" \
    --format junit="$name.junit" --format github="$name.github" --format text="$name.text" \
    --format html="$name.html" --format markdown="$name.markdown" --format jsonl="$name.jsonl" || [ $? -eq 3 ]
  for format in json sarif junit github text html markdown jsonl; do
    [ -s "$name.$format" ] || { echo "$name.$format is empty"; exit 1; }
  done
done
"$program" batch --entries-of "$samples" -o "$work/batch" -q
"$program" merge "$work/batch" --format sarif="$work/fleet.sarif" --format junit="$work/fleet.junit"
for file in "$work"/*.junit; do mv "$file" "${file%.junit}.xml"; done
for file in "$work"/*.text; do mv "$file" "${file%.text}.txt"; done

if command -v xmllint >/dev/null; then
  xmllint --noout --schema "$here/junit.xsd" "$work"/*.xml 2> "$work/xmllint.log" ||
    { grep -v ' validates$' "$work/xmllint.log"; exit 1; }
  echo "$(grep -c ' validates$' "$work/xmllint.log") JUnit files, valid by junit.xsd"
else
  echo "notice: there is no xmllint: junit.xsd is not applied"
fi

# Debian's own interpreter: another python3 on the path does not see Debian's packages.
python=/usr/bin/python3
[ -x $python ] || { echo "there is no $python: nothing validated"; exit 77; }
# The kitchen sink's references point nowhere on purpose; the consumer reads the samples.
ls "$work"/*.json | grep -v -e kitchen_sink -e schema.json | xargs $python "$here/consumer_1_0.py"
$python "$here/validate_others.py" "$work"/*.xml "$work"/*.github "$work"/*.txt
schema=${RDPTRIAGE_SARIF_SCHEMA:-$here/../../build/browser/node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json}
[ -f "$schema" ] || { echo "notice: the schema of SARIF is not at $schema"; schema=-; }
$python "$here/validate_sarif.py" "$schema" "$work"/*.sarif
mv "$work/schema.json" "$work/schema"
exec $python "$here/validate.py" "$work/schema" "$work"/*.json
