#!/bin/sh
# Runs a command under a Slurm of one node that lives for this command only:
# with_slurm.sh WORK_FOLDER COMMAND…   Exit 77 with a notice where Slurm cannot start.
set -eu
work=$1
shift
mkdir -p "$work/state" "$work/spool"
for program in slurmctld slurmd sbatch sinfo munged; do
  command -v $program >/dev/null || [ -x /usr/sbin/$program ] || { echo "no Slurm here: $program is missing"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo "no Slurm here: its daemons need root"; exit 77; }
PATH=$PATH:/usr/sbin
host=$(hostname -s)
pids=
stop() {
  for pid in $pids; do kill "$pid" 2>/dev/null || true; done
  for pid in $pids; do wait "$pid" 2>/dev/null || true; done
}
trap stop EXIT INT TERM

dd if=/dev/urandom of="$work/munge.key" bs=1024 count=1 2>/dev/null
chmod 700 "$work" && chmod 600 "$work/munge.key"
munged --foreground --force --key-file "$work/munge.key" --socket "$work/munge.socket" \
  --pid-file "$work/munged.pid" --log-file "$work/munged.log" --seed-file "$work/munged.seed" >"$work/munged.out" 2>&1 &
pids=$!
cat > "$work/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CryptoType=crypto/munge
SlurmUser=root
SlurmdUser=root
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MpiDefault=none
SchedulerType=sched/backfill
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf
for i in 1 2 3 4 5 6 7 8 9 10; do [ -S "$work/munge.socket" ] && break; sleep 0.5; done
slurmctld -D -c >"$work/slurmctld.log" 2>&1 &
pids="$pids $!"
slurmd -D >"$work/slurmd.log" 2>&1 &
pids="$pids $!"
up=no
for i in $(seq 40); do
  if sinfo -h -o %t 2>/dev/null | grep -qE '^(idle|mix)'; then up=yes; break; fi
  sleep 0.5
done
if [ $up = no ]; then
  echo "no Slurm here: its daemons do not come up"
  tail -n 5 "$work/munged.out" "$work/slurmctld.log" "$work/slurmd.log"
  exit 77
fi
"$@"
