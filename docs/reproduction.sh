#!/bin/sh
# Trains all that docs/REPRODUCTION.md tells of, in run folders below OUT, and draws what compares them.
#
#   docs/reproduction.sh DATA OUT [ARM...]
#
# DATA is prepared GTZAN (tonearm prepare) with the lists of Kereliuk et al. in DATA/splits. Stopped at any
# time, the same command goes on; what is finished takes seconds. The arms, in this order unless named:
#
#   protocols      SMALL by clip, by track and fault-filtered, until little changes, and by track with as few
#                  tracks as fault-filtered has; then what it scores on songs it was trained on
#   unregularised  the same four without dropout, L2 and augmentation, which the paper does not mention:
#                  how high leaking climbs where nothing holds it down
#   ingredients    SMALL without batch norm, dropout, L2, augmentation, each left out once,
#                  and the first two together
#   activations    SMALL with ReLU and both kinds of PReLU, each with and without batch norm:
#                  gradient norms
#   leaking        LARGE by clip, one fold
#   seeds          LARGE on three splits
#
# What can be changed by the environment:
#
#   SMALL    the network that is cheap enough to train until little changes     narrow-unet
#   LARGE    that of the published run                                          reference-unet
#   LONG     epochs of "protocols"                                              100
#   BARE     epochs of "unregularised"                                          40
#   SHORT    epochs of "ingredients" and "activations"                          25
#   FASTER   further options of every training, such as "--threads 1"
#   TONEARM  the launcher                                                       the one of this checkout
#
# A checkout that changes while this runs is built again between two trainings; then TONEARM should be that of
# another, which does not.
#
# How long: an epoch has 3600 clips, 2000 where there are as few tracks as of "fault-filtered". At T clips a
# second, as every run tells, SMALL takes some 1,300,000 / T seconds for "protocols", 500,000 / T for
# "unregularised" and 1,000,000 / T for the next two; LARGE 95,000 / T a run.
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
bare=${BARE:-40}
short=${SHORT:-25}
[ $# -gt 0 ] || set -- protocols unregularised ingredients activations leaking seeds

# What is wrong is told now, not after hours.
for arm in "$@"; do
  case $arm in
    protocols | unregularised | ingredients | activations | leaking | seeds) ;;
    *)
      echo "docs/reproduction.sh: no arm is called $arm" >&2
      exit 2
      ;;
  esac
done
known=$("$tonearm" models)
for model in "$small" "$large"; do
  if [ ! -f "$model" ] && ! printf '%s\n' "$known" | grep -q "^  $model "; then
    echo "docs/reproduction.sh: no network is called $model" >&2
    exit 2
  fi
done
case " $* " in
  *" protocols "* | *" unregularised "*)
    if [ ! -e "$data/splits/test_filtered.txt" ]; then
      echo "docs/reproduction.sh: $data/splits lacks the fault-filtered lists; docs/REPRODUCTION.md tells of them" >&2
      exit 2
    fi
    ;;
esac
mkdir -p "$out"

# A training in a run folder. That it diverges is an answer: it ends with 3, and its history tells. The folder,
# what trains it, and the words for that.
run_in() {
  run=$1
  command=$2
  shift 2
  if [ -e "$run/diverged" ]; then
    echo "docs/reproduction.sh: $run diverged before; without the file \"diverged\" in it, it goes on" >&2
    return
  fi
  status=0
  # shellcheck disable=SC2086 # FASTER is a list of words
  "$tonearm" "$command" "$data" --out "$run" --resume "$@" ${FASTER:-} || status=$?
  if [ "$status" -eq 3 ]; then
    touch "$run/diverged"
    echo "docs/reproduction.sh: $run diverged, see above" >&2
  elif [ "$status" -ne 0 ]; then
    exit "$status"
  fi
}

# The first fold of five is the published run's 80:20.
fold() {
  protocol=$1
  folder=$2
  shift 2
  run_in "$folder" crossval --protocol "$protocol" --seed 1 "$@"
}

# A run of SMALL on the same split, weights and order as its fellows; what differs is in the options.
short_run() {
  folder=$1
  shift
  run_in "$folder" train --model "$small" --epochs "$short" --split-seed 1 --seed 1 "$@"
}

protocols() {
  fold clip "$out/clip" --only-folds 1 --model "$small" --epochs "$long"
  fold track "$out/track" --only-folds 1 --model "$small" --epochs "$long"
  fold track "$out/track-40" --only-folds 1 --tracks-per-genre 40 --model "$small" --epochs "$long"
  fold fault-filtered "$out/fault-filtered" --model "$small" --epochs "$long"
  "$tonearm" report "$out/track/fold-1" "$out/clip/fold-1" "$out/track-40/fold-1" "$out/fault-filtered/fold-1" \
    --labels "by track,by clip,by track with 40 of each genre,fault-filtered" --compare "$out/protocols"
  "$tonearm" evaluate "$out/track/fold-1" "$data" --side train
}

bare_fold() {
  fold "$@" --model "$small" --epochs "$bare" --dropout 0 --l2 0 --no-augmentation
}

unregularised() {
  bare_fold clip "$out/bare-clip" --only-folds 1
  bare_fold track "$out/bare-track" --only-folds 1
  bare_fold track "$out/bare-track-40" --only-folds 1 --tracks-per-genre 40
  bare_fold fault-filtered "$out/bare-fault-filtered"
  "$tonearm" report "$out/bare-track/fold-1" "$out/bare-clip/fold-1" "$out/bare-track-40/fold-1" \
    "$out/bare-fault-filtered/fold-1" --compare "$out/unregularised" \
    --labels "by track,by clip,by track with 40 of each genre,fault-filtered"
}

ingredients() {
  short_run "$out/whole"
  short_run "$out/no-batch-norm" --no-batch-norm
  short_run "$out/no-batch-norm-no-dropout" --no-batch-norm --dropout 0
  short_run "$out/no-dropout" --dropout 0
  short_run "$out/no-l2" --l2 0
  short_run "$out/no-augmentation" --no-augmentation
  "$tonearm" report "$out/whole" "$out/no-batch-norm" "$out/no-batch-norm-no-dropout" "$out/no-dropout" \
    "$out/no-l2" "$out/no-augmentation" \
    --labels "the recipe,without batch norm,without batch norm and dropout,without dropout,without L2,without augmentation" \
    --compare "$out/ingredients"
}

activations() {
  short_run "$out/whole"
  short_run "$out/prelu" --activation prelu
  short_run "$out/keras-prelu" --activation keras_prelu
  short_run "$out/no-batch-norm" --no-batch-norm
  short_run "$out/prelu-no-batch-norm" --activation prelu --no-batch-norm
  short_run "$out/keras-prelu-no-batch-norm" --activation keras_prelu --no-batch-norm
  "$tonearm" report "$out/whole" "$out/prelu" "$out/keras-prelu" "$out/no-batch-norm" \
    "$out/prelu-no-batch-norm" "$out/keras-prelu-no-batch-norm" \
    --labels "ReLU,PReLU,Keras's PReLU,ReLU without batch norm,PReLU without batch norm,Keras's PReLU without batch norm" \
    --compare "$out/activations"
}

leaking() {
  fold clip "$out/large-clip" --only-folds 1 --model "$large"
  beside
}

seeds() {
  for seed in 1 2 3; do
    run_in "$out/large-$seed" train --model "$large" --split-seed "$seed" --seed "$seed"
    [ -e "$out/large-$seed/diverged" ] || "$tonearm" report "$out/large-$seed"
  done
  "$tonearm" report "$out/large-1" "$out/large-2" "$out/large-3" --compare "$out/seeds"
  beside
}

# LARGE by clip beside LARGE by track, once both are there.
beside() {
  if [ -e "$out/large-1/metrics.json" ] && [ -e "$out/large-clip/fold-1/metrics.json" ]; then
    "$tonearm" report "$out/large-1" "$out/large-clip/fold-1" --labels "by track,by clip" --compare "$out/leaking"
  fi
}

for arm in "$@"; do
  "$arm"
done
