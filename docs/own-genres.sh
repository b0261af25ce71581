#!/bin/sh
# Shows what a trained network is worth to someone with other genres and few tracks: trains the base
# without three genres, then teaches these three with 10, 20 and 50 tracks each, and trains them from
# scratch beside it, on the same tracks. Ends with the table and curve of tonearm report --learning-curve.
#
#   docs/own-genres.sh DATA OUT
#
# DATA is a prepared dataset of at least five genres, such as GTZAN; OUT is a folder for the runs. Stopped
# at any time, the same command goes on. What can be changed by the environment:
#
#   MODEL    architecture of the base                       tonearm-base
#   GENRES   the ones that the base never hears             country,disco,reggae
#   NUMBERS  tracks of each genre to train on               10 20 50
#   SEEDS    of weights, order and which tracks are dealt   1 2 3
#   FOLDS    parts that take turns at being held out        3
#   ONLY     which of these parts are done                  1
#   EPOCHS   of the base                                    those of its recipe
#   THREADS  of the base's training                         as train has it
#   FASTER   further options of every crossval, such as "--precision bf16 --parallel 2"
#   TONEARM  the launcher                                   the one of this checkout
#
# Why these three: each has near relatives among the seven that stay (country: blues and rock; disco: pop;
# reggae: hiphop), and each is among the harder ones of the collection. Nearly any network tells jazz, metal
# and classical apart from ten tracks, and there would be nothing to see.
#
# Why folds: of 90 tracks of a genre in 3 folds 60 train, enough for 50 to be dealt, and 30 are held out.
# The folds are the same for all runs (--split-seed 1), so all are judged on the same tracks, 90 of them with
# ONLY=1. Later ONLY=1,2,3 goes on from there and judges on all 270, in three times the time. A seed decides
# weights, order and which N of the 60 tracks are dealt; those of a smaller N are among those of a larger.
#
# What is fair to the network from scratch: it has the architecture, augmentation, mixup and averaged weights
# of its own recipe, which are the other's too; batches as small, so that an epoch has as many steps; and
# twice the epochs. Nobody looks at what is held out; the weights are those of the last epoch.
#
# How long: clips are trained on and answered at the speeds that every run tells on stderr. With T clips a
# second in training and four times that in answering, the base (504 tracks, 50 epochs) takes 145,000 / T
# seconds; a taught network of 10, 20, 50 tracks a genre 18,000 / T, 30,000 / T, 38,000 / T, one from scratch
# twice that. So three seeds of all take some 900,000 / T: an hour and a quarter at 200 clips a second. SEEDS=1
# takes 390,000 / T, half an hour.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: docs/own-genres.sh DATA OUT" >&2
  exit 2
fi
data=$1
out=$2
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
tonearm=${TONEARM:-$home/tonearm}
model=${MODEL:-tonearm-base}
genres=${GENRES:-country,disco,reggae}
only=${ONLY:-1}
mkdir -p "$out"

# The base, by its own recipe, on every other genre. A recording that is also in one of the three is left out.
# What is there is gone on with, and what is finished takes seconds.
# shellcheck disable=SC2086 # no words if EPOCHS is not set
"$tonearm" train "$data" --model "$model" --without-genres "$genres" --name base-without-three \
  --split-seed 1 --out "$out/base" --resume ${EPOCHS:+--epochs $EPOCHS} ${THREADS:+--threads $THREADS}

# On the same tracks, whatever the network begins with. N, seed and run folder; then what it begins with.
fold() {
  n=$1
  seed=$2
  run=$3
  shift 3
  # shellcheck disable=SC2086 # FASTER is a list of words
  "$tonearm" crossval "$data" --genres "$genres" --tracks-per-genre "$n" --folds "${FOLDS:-3}" \
    --only-folds "$only" --split-seed 1 --seed "$seed" --out "$run" --resume "$@" ${FASTER:-}
}

# A number of a run's recipe.
recipe() {
  sed -n "s/.*\"$2\" : \([0-9.Ee-]*\),.*/\1/p" "$1/run.json"
}

runs=
for n in ${NUMBERS:-10 20 50}; do
  for seed in ${SEEDS:-1 2 3}; do
    taught=$out/taught-$n-$seed
    scratch=$out/scratch-$n-$seed
    fold "$n" "$seed" "$taught" --init "$out/base"
    fold "$n" "$seed" "$scratch" --model "$model" \
      --epochs $((2 * $(recipe "$taught" epochs))) --batch-size "$(recipe "$taught" batch_size)" \
      --learning-rate "$(recipe "$taught" learning_rate)" \
      --weight-average "$(recipe "$taught" averaging)"
    runs="$runs $taught $scratch"
  done
done

# shellcheck disable=SC2086 # a list of folders
"$tonearm" report $runs --learning-curve "$out/curve" >"$out/table.txt"
cat "$out/table.txt"
