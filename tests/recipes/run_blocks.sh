#!/bin/sh
# Runs the blocks "```sh run" of documents as a reader would type them, each document in a folder of
# its own that holds tickets/: run_blocks.sh PROGRAM SAMPLES_FOLDER WORK_FOLDER DOCUMENT…
# A document that says "<!-- needs: TOOL -->" is skipped with a notice where the tool is missing; one that
# says "<!-- with: slurm -->" runs under a Slurm of its own.
set -eu
program=$1 samples=$2 work=$3
shift 3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
rm -rf "$work" && mkdir -p "$work/bin"
ln -s "$program" "$work/bin/rdptriage"
export PATH="$work/bin:$PATH" RDPTRIAGE_CONFIG=none XDG_STATE_HOME="$work/state"
ran=0
for document in "$@"; do
  name=$(basename "$document" .md)
  blocks=$(awk '/^```sh run$/ { on = 1; next } /^```$/ { on = 0 } on' "$document")
  [ -n "$blocks" ] || continue
  missing=
  for tool in $(sed -n 's/.*<!-- needs: \(.*\) -->.*/\1/p' "$document"); do
    command -v "$tool" >/dev/null || missing="$missing $tool"
  done
  [ -z "$missing" ] || { echo "notice: $name is not run, there is no$missing"; continue; }
  folder=$work/$name
  mkdir -p "$folder/tickets"
  for sample in "$samples"/*/; do cp -r "$sample/case" "$folder/tickets/$(basename "$sample")"; done
  printf 'set -eu\n%s\n' "$blocks" > "$folder/blocks.sh"
  runner=
  grep -q '<!-- with: slurm -->' "$document" && runner="sh $here/with_slurm.sh $folder/slurm"
  status=0
  (cd "$folder" && $runner sh ./blocks.sh) > "$folder/log" 2>&1 || status=$?
  if [ $status = 77 ]; then
    echo "notice: $name is not run: $(head -n 1 "$folder/log")"
  elif [ $status != 0 ]; then
    echo "$document: a block failed with $status:"
    tail -n 30 "$folder/log"
    exit 1
  else
    ran=$((ran + 1))
  fi
done
echo "$ran documents run"
