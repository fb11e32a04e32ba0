#!/bin/bash
# Many small files, one bundle larger than memory, and a client trace against ripgrep.
#
# usage: intake_bench.sh PROGRAM CORPORA [small|bundle|trace]…      (all three by default)
#
# Files are made below a temporary folder, from the captures, traces and logs of CORPORA, and
# removed. `small`: 10,000 files of a few KiB, each with other bytes, once as they are and once as
# lines that say nothing, which only have to be recognized. `bundle`: a zip of 2 GB, not
# compressible by its members being repeated, because each is packed alone; peak memory counts.
# `trace`: 200 MB of real traces against `rg -j1 -c -f` with the expressions of the trace rules, and
# with as many literals, in pairs one after the other.
set -euo pipefail
program=$1 corpora=$2
shift 2
[ $# -gt 0 ] || set -- small bundle trace
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
clock() { /usr/bin/time -f "$1: %e s wall, %U s user, %S s system, %M KiB peak" "${@:2}" >/dev/null; }

small() {
  python3 - "$corpora" "$work" <<'PY'
import glob, os, sys
corpora, work = sys.argv[1:]
def read(path, most): return open(path, 'rb').read(most)
texts = [read(p, 65536) for p in sorted(glob.glob(corpora + '/captures/*')) if not p.endswith('.tsv')]
texts += [read(p, 6000) for p in sorted(glob.glob(corpora + '/traces/*.log'))[:len(texts)]]
for name in ('real', 'plain'): os.makedirs(f'{work}/{name}')
for i in range(10000):
    text = texts[i % len(texts)]
    mark = f'\r\n# {i}\r\n'
    mark = mark.encode('utf-16-le' if text[:2] == b'\xff\xfe' else 'ascii')
    open(f'{work}/real/{i:05}.txt', 'wb').write(text + mark)
    open(f'{work}/plain/{i:05}.txt', 'w').write(f'meeting notes {i}\n' + 'nothing about logs here\n' * 50)
PY
  clock "inspect, 10,000 files that say nothing" "$program" inspect "$work/plain" --format json || true
  clock "inspect, 10,000 real captures and traces" "$program" inspect "$work/real" --format json
  rm -r "$work/real" "$work/plain"
}

bundle() {
  python3 - "$corpora" "$work/logs.zip" <<'PY'
import glob, sys, zipfile
corpora, path = sys.argv[1:]
logs = sorted(glob.glob(corpora + '/evtx/general/*.evtx')) + sorted(glob.glob(corpora + '/traces/*.log'))[:40]
logs = [(p.rsplit('/', 1)[1], open(p, 'rb').read()) for p in logs]
size = turn = 0
with zipfile.ZipFile(path, 'w', zipfile.ZIP_STORED) as out:
    while size < 2_000_000_000:
        for name, data in logs:
            out.writestr(f'{turn:05}/{name}', data)
            size += len(data)
        turn += 1
PY
  clock "analyze, a zip of 2 GB" "$program" "$work/logs.zip" --max-entries 1000000 --format json || true
  rm "$work/logs.zip"
}

trace() {
  command -v rg >/dev/null || { echo "ripgrep is not here; no comparison"; return; }
  python3 - "$corpora" "$work" "$(dirname "$0")/../../rules" <<'PY'
import glob, re, sys
corpora, work, rules = sys.argv[1:]
lines = b''.join(open(p, 'rb').read() for p in sorted(glob.glob(corpora + '/traces/*.log')))
with open(work + '/trace.log', 'wb') as out:
    while out.tell() < 200_000_000: out.write(lines)
expressions, literals = [], []
for path in sorted(glob.glob(rules + '/**/*.yml', recursive=True)):
    text = open(path, encoding='utf-8').read()
    if 'service: client-trace' in text:
        expressions += re.findall(r"Message\|re: *'((?:[^']|'')+)'", text)
        literals += re.findall(r"'([^'\n|{}\\]{8,60})'", text)
expressions = [e.replace("''", "'") for e in expressions]
if len(expressions) < 60:
    formats = open(rules + '/formats/extract.yml', encoding='utf-8').read()
    expressions += [e.replace("''", "'") for e in re.findall(r"expr: '((?:[^']|'')+)'", formats)]
# Groups of several expressions may have one name, which rg refuses.
expressions = [re.sub(r'\?P<\w+>', '?:', e) for e in expressions]
for name, patterns in (('expressions', expressions[:60]), ('literals', literals[:60])):
    open(f'{work}/{name}', 'w').write('\n'.join(patterns) + '\n')
    print(f'{len(patterns[:60])} {name}')
PY
  for pair in 1 2 3; do
    clock "pair $pair, rdptriage --jobs 1" "$program" "$work/trace.log" --jobs 1 --format json || true
    clock "pair $pair, rg, expressions" rg -j1 -c -f "$work/expressions" "$work/trace.log" || true
    clock "pair $pair, rg, literals" rg -j1 -c -F -f "$work/literals" "$work/trace.log" || true
  done
  rm "$work/trace.log"
}

for part in "$@"; do "$part"; done
