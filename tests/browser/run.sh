#!/bin/sh
# Looks at the pages in Chromium: run.sh PROGRAM KITCHEN_SINK SAMPLES_FOLDER WORK_FOLDER
# Skipped (exit 77) unless chromium, node and playwright-core are there:
#   apt-get install chromium nodejs npm && npm install --prefix build/browser playwright-core
set -eu
program=$1 kitchen_sink=$2 samples=$3 work=$4
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
skip() { echo "pages not looked at: $*"; exit 77; }
browser=${RDPTRIAGE_CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[ -n "$browser" ] || skip "there is no chromium"
command -v node >/dev/null || skip "there is no node"
modules=${RDPTRIAGE_NODE_MODULES:-$here/../../build/browser/node_modules}
[ -d "$modules/playwright-core" ] || skip "playwright-core is not in $modules"

rm -rf "$work" && mkdir -p "$work"
for sample in "$samples"/*/; do
  name=$(basename "$sample")
  "$program" analyze "$sample/case" --case-id "$name" --format html="$work/sample-$name.html" -q || [ $? -eq 3 ]
done
"$kitchen_sink" html > "$work/attack.html"
"$kitchen_sink" html 5000 > "$work/big.html"
"$program" batch --entries-of "$samples" -o "$work/batch" -q
"$program" merge "$work/batch" --format html="$work/fleet.html"
cd "$work"
NODE_PATH=$modules exec node "$here/page_test.cjs" "$browser" "$work"
