#!/bin/sh
# Cases a second of `batch` over small cases, with one and with two at once, as lines alone and with a
# JSON report of each: batch_bench.sh PROGRAM [COUNT]. Works in memory where there is /dev/shm, so that
# no disk is measured.
set -eu
program=$1 count=${2:-10000}
[ -w /dev/shm ] && TMPDIR=/dev/shm && export TMPDIR
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/cases"
awk -v count="$count" -v folder="$work/cases" 'BEGIN {
  split("502 503 401 403 504 407", status)
  for (i = 0; i < count; ++i) {
    file = sprintf("%s/INC%05d.log", folder, i)
    print "[10:11:12:100] [100:101] [INFO][com.freerdp.core] - loading channels" > file
    print "[10:11:12:500] [100:101] [DEBUG][com.freerdp.core.gateway.rdg] - RDG_OUT_DATA authorization result: " status[i % 6 + 1] > file
    print "[10:11:12:501] [100:101] [ERROR][com.freerdp.core] - freerdp_set_last_error_ex ERRCONNECT_CONNECT_FAILED [0x00020006]" > file
    print "# " i > file
    close(file)
  }
}'
# TITLE COMMAND…: runs it, and says how long it took.
measured() {
  title=$1
  shift
  begin=$(date +%s.%N)
  "$@"
  end=$(date +%s.%N)
  awk -v title="$title" -v count="$count" -v begin="$begin" -v end="$end" \
    'BEGIN { printf "%-36s %5.1f s  %6.0f cases/s\n", title, end - begin, count / (end - begin) }'
}
lines() { "$program" batch --entries-of "$work/cases" --jobs "$1" --quiet > "$work/lines.$1"; }
reports() { "$program" batch --entries-of "$work/cases" --jobs "$1" --quiet -o "$work/out.$1"; }
for jobs in 1 2; do measured "lines, $jobs at once" lines $jobs; done
cmp "$work/lines.1" "$work/lines.2"
for jobs in 1 2; do
  measured "lines and JSON reports, $jobs at once" reports $jobs
  mv "$work/out.$jobs/cases-1-of-1.jsonl" "$work/reported.$jobs" && rm -r "$work/out.$jobs"
done
cmp "$work/reported.1" "$work/reported.2"
measured "merge into three formats" "$program" merge "$work/lines.1" --format html="$work/f.html" \
  --format sarif="$work/f.sarif" --format junit="$work/f.xml"
