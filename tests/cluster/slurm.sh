#!/usr/bin/env bash
# A real SLURM of one machine, for tests: no systemd, no accounting, GPUs that are only devices.
#   slurm.sh install        Debian's packages, where they are missing
#   slurm.sh start DIR      munge, controller and node daemon; their files are under DIR
#   slurm.sh stop DIR       end the daemons that `start` started, and nothing else
# Root only: SLURM's job steps read /etc/slurm/slurm.conf and no other place.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
GPUS=(/dev/zero /dev/full)          # slurmd wants character devices; every machine has these
MARK="# of the throw-away cluster in "  # first line of the configuration that may be replaced

fail() { echo "error: $*" >&2; exit 1; }
alive() { [[ -s $1 ]] && kill -0 "$(cat "$1")" 2>/dev/null; }

install() {
  command -v slurmctld slurmd munged squeue >/dev/null && return
  [[ $(id -u) = 0 ]] || fail "installing SLURM's packages needs root"
  command -v apt-get >/dev/null || fail "no apt-get here: install slurmctld, slurmd, slurm-client and munge"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || fail "apt-get update failed: no package lists, so no SLURM"
  apt-get install -y -qq --no-install-recommends slurmctld slurmd slurm-client munge >/dev/null ||
    fail "apt-get could not install slurmctld slurmd slurm-client munge"
}

# A key and a socket of its own, so that a munge of the machine is left alone.
start_munge() {
  local key=$1/munge/key
  [[ -s $key ]] || (umask 077 && head -c 1024 /dev/urandom >"$key")
  chmod 0755 "$1" "$1/munge"
  munged --force --key-file="$key" --socket="$1/munge/socket" --pid-file="$1/munge/pid" \
    --log-file="$1/log/munged.log" --seed-file="$1/munge/seed"
}

configure() {
  local host conf=/etc/slurm/slurm.conf
  host=$(hostname -s)
  if [[ -e $conf ]] && ! head -n 1 $conf | grep -q "^$MARK"; then
    fail "$conf is of another cluster; the tests would replace it"
  fi
  mkdir -p /etc/slurm
  sed -e "s|@DIR@|$1|g; s|@HOST@|$host|g; s|@CPUS@|${SLURM_CPUS:-4}|g" \
    -e "1i $MARK$1" "$HERE/slurm.conf" >$conf
  printf 'NodeName=%s Name=gpu File=%s\n' "$host" "${GPUS[0]}" "$host" "${GPUS[1]}" >/etc/slurm/gres.conf
}

start() {
  [[ $(id -u) = 0 ]] || fail "SLURM's daemons want root"
  mkdir -p "$1"/{munge,controller,node,log}
  start_munge "$1"
  configure "$1"
  unset SLURM_CONF
  slurmctld -c
  slurmd -c
  for _ in $(seq 100); do
    case $(sinfo -h -o %T 2>/dev/null | head -n 1) in idle | mixed | allocated) return ;; esac
    sleep 0.3
  done
  tail -n 20 "$1"/log/*.log >&2
  fail "SLURM did not come up in 30 s; the ends of its logs are above"
}

stop() {
  local files=("$1/node/pid" "$1/controller/pid" "$1/munge/pid") file
  if alive "${files[1]}"; then scancel --user=root 2>/dev/null || true; sleep 1; fi
  for file in "${files[@]}"; do
    if alive "$file"; then kill "$(cat "$file")"; fi
  done
  for _ in $(seq 60); do
    for file in "${files[@]}"; do if alive "$file"; then sleep 0.25; continue 2; fi; done
    break
  done
  if head -n 1 /etc/slurm/slurm.conf 2>/dev/null | grep -q "^$MARK$1\$"; then
    rm -f /etc/slurm/slurm.conf /etc/slurm/gres.conf
  fi
}

case "${1:-} ${2:-}" in
  "install ") install ;;
  "start "?*) start "$(mkdir -p "$2" && cd "$2" && pwd)" ;;
  "stop "?*) [[ -d $2 ]] || exit 0; stop "$(cd "$2" && pwd)" ;;
  *) fail "usage: slurm.sh install | start DIR | stop DIR" ;;
esac
