#!/bin/sh
# Size and time of every format for a large report: report_bench.sh PROGRAM KITCHEN_SINK [COUNT]
# First a case whose trace has COUNT failed attempts, so that thousands of its events are kept, then a
# report that quotes COUNT pieces of evidence, which no case reaches: the formats' own cost.
set -eu
program=$1 kitchen_sink=$2 count=${3:-5000}
[ -w /dev/shm ] && TMPDIR=/dev/shm && export TMPDIR
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk -v count="$count" 'BEGIN {
  for (i = 0; i < count; ++i) {
    at = sprintf("%02d:%02d:%02d:", i / 3600 % 24, i / 60 % 60, i % 60)
    print "[" at "100] [100:101] [INFO][com.freerdp.core] - [freerdp_connect_begin]: resetting error state"
    print "[" at "500] [100:101] [DEBUG][com.freerdp.core.gateway.rdg] - RDG_OUT_DATA authorization result: 50" i % 4
    print "[" at "501] [100:101] [ERROR][com.freerdp.core] - freerdp_set_last_error_ex ERRCONNECT_CONNECT_FAILED [0x00020006]"
  }
}' > "$work/trace.log"
# TITLE FILE COMMAND…
measured() {
  title=$1 file=$2
  shift 2
  begin=$(date +%s.%N)
  "$@" > "$file"
  end=$(date +%s.%N)
  awk -v title="$title" -v bytes="$(wc -c < "$file")" -v begin="$begin" -v end="$end" \
    'BEGIN { printf "%-12s %8.0f kB  %6.2f s\n", title, bytes / 1000, end - begin }'
}
formats="text json jsonl html markdown sarif junit github"
echo "a case of $count failed attempts, $(wc -c < "$work/trace.log") bytes of trace:"
measured analyze "$work/case.json" "$program" "$work/trace.log" --format json --quiet
for format in $formats; do
  measured "$format" "$work/out" "$program" report "$work/case.json" --format "$format"
done
echo "a report that quotes $count pieces of evidence:"
"$kitchen_sink" json "$count" > "$work/quoted.json"
for format in $formats; do
  measured "$format" "$work/out" "$program" report "$work/quoted.json" --format "$format"
done
