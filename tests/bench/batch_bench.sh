#!/bin/sh
# Cases a second of `batch` over small cases, with one and with two at once: batch_bench.sh PROGRAM [COUNT]
set -eu
program=$1 count=${2:-10000}
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
for jobs in 1 2; do
  begin=$(date +%s.%N)
  "$program" batch --entries-of "$work/cases" --jobs $jobs --quiet > "$work/lines.$jobs"
  end=$(date +%s.%N)
  awk -v jobs=$jobs -v count="$count" -v begin="$begin" -v end="$end" \
    'BEGIN { printf "%d at once: %.1f s, %.0f cases/s\n", jobs, end - begin, count / (end - begin) }'
done
cmp "$work/lines.1" "$work/lines.2"
begin=$(date +%s.%N)
"$program" merge "$work/lines.1" --format html="$work/f.html" --format sarif="$work/f.sarif" --format junit="$work/f.xml"
end=$(date +%s.%N)
awk -v begin="$begin" -v end="$end" 'BEGIN { printf "merge into three formats: %.1f s\n", end - begin }'
