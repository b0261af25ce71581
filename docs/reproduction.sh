#!/bin/sh
# Trains all that docs/REPRODUCTION.md tells of, in run folders below OUT, and draws what compares them.
#
#   docs/reproduction.sh DATA OUT [ARM...]
#
# DATA is prepared GTZAN (tonearm prepare) with the lists of Kereliuk et al. in DATA/splits. Stopped at any
# time, the same command goes on; what is finished takes seconds. The arms, in this order unless named:
#
#   protocols    SMALL by clip, by track and fault-filtered, until nothing changes; then what it scores on
#                songs it was trained on
#   ingredients  SMALL without batch norm, dropout, L2, augmentation, each left out once
#   activations  SMALL with ReLU and PReLU, each with and without batch norm: gradient norms
#   leaking      LARGE by clip, one fold
#   seeds        LARGE on three splits
#
# What can be changed by the environment:
#
#   SMALL    the network that is cheap enough to train until nothing changes    narrow-unet
#   LARGE    that of the published run                                          reference-unet
#   LONG     epochs of "protocols"                                              100
#   SHORT    epochs of "ingredients" and "activations"                          25
#   RECIPE   further options of "protocols", such as "--no-augmentation"
#   TONEARM  the launcher                                                       the one of this checkout
#
# How long: an epoch has 3600 clips, 2025 of "fault-filtered". At T clips a second, as every run tells, SMALL
# takes some 1,050,000 / T seconds for "protocols" and 720,000 / T for the other two; LARGE 95,000 / T a run.
set -eu

if [ $# -lt 2 ]; then
  echo "usage: docs/reproduction.sh DATA OUT [ARM...]" >&2
  exit 2
fi
data=$1
out=$2
shift 2
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
tonearm=${TONEARM:-$home/tonearm}
small=${SMALL:-narrow-unet}
large=${LARGE:-reference-unet}
long=${LONG:-100}
short=${SHORT:-25}
mkdir -p "$out"

# The first fold of five is the published run's 80:20.
fold() {
  protocol=$1
  run=$2
  shift 2
  "$tonearm" crossval "$data" --protocol "$protocol" --seed 1 --out "$run" --resume "$@"
}

# A run of SMALL on the same split, weights and order as its fellows; what differs is in the options.
short_run() {
  run=$1
  shift
  "$tonearm" train "$data" --model "$small" --epochs "$short" --split-seed 1 --seed 1 --out "$run" --resume "$@"
}

protocols() {
  if [ ! -e "$data/splits/test_filtered.txt" ]; then
    echo "docs/reproduction.sh: $data/splits lacks the fault-filtered lists; docs/REPRODUCTION.md tells of them" >&2
    exit 2
  fi
  # shellcheck disable=SC2086 # RECIPE is a list of words
  {
    fold clip "$out/clip" --only-folds 1 --model "$small" --epochs "$long" ${RECIPE:-}
    fold track "$out/track" --only-folds 1 --model "$small" --epochs "$long" ${RECIPE:-}
    fold fault-filtered "$out/fault-filtered" --model "$small" --epochs "$long" ${RECIPE:-}
  }
  "$tonearm" report "$out/clip" "$out/track" "$out/fault-filtered" --compare "$out/protocols"
  "$tonearm" evaluate "$out/track/fold-1" "$data" --side train
}

ingredients() {
  short_run "$out/whole"
  short_run "$out/no-batch-norm" --no-batch-norm
  short_run "$out/no-dropout" --dropout 0
  short_run "$out/no-l2" --l2 0
  short_run "$out/no-augmentation" --no-augmentation
  "$tonearm" report "$out/whole" "$out/no-batch-norm" "$out/no-dropout" "$out/no-l2" "$out/no-augmentation" \
    --compare "$out/ingredients"
}

activations() {
  short_run "$out/whole"
  short_run "$out/no-batch-norm" --no-batch-norm
  short_run "$out/prelu" --activation prelu
  # Whether it diverges is what is looked for: then it ends with 1 and keeps its history until then. Anything
  # else, such as Ctrl-C, ends this too.
  status=0
  short_run "$out/prelu-no-batch-norm" --activation prelu --no-batch-norm || status=$?
  [ "$status" -le 1 ] || exit "$status"
  [ "$status" -eq 0 ] || echo "docs/reproduction.sh: PReLU without batch norm ended early, see above" >&2
  set -- "$out/whole" "$out/prelu" "$out/no-batch-norm"
  labels="ReLU,PReLU,ReLU without batch norm"
  if [ -e "$out/prelu-no-batch-norm/history.csv" ]; then
    set -- "$@" "$out/prelu-no-batch-norm"
    labels="$labels,PReLU without batch norm"
  fi
  "$tonearm" report "$@" --labels "$labels" --compare "$out/activations"
}

leaking() {
  fold clip "$out/large-clip" --only-folds 1 --model "$large"
}

seeds() {
  for seed in 1 2 3; do
    "$tonearm" train "$data" --model "$large" --split-seed "$seed" --seed "$seed" --out "$out/large-$seed" --resume
    "$tonearm" report "$out/large-$seed"
  done
}

for arm in "${@:-}"; do
  case $arm in
    "")
      protocols
      ingredients
      activations
      leaking
      seeds
      ;;
    protocols | ingredients | activations | leaking | seeds) "$arm" ;;
    *)
      echo "docs/reproduction.sh: no arm is called $arm" >&2
      exit 2
      ;;
  esac
done
