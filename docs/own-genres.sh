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
#   GENRES   the three that the base never hears            country,disco,reggae
#   NUMBERS  tracks of each genre to train on               10 20 50
#   SEEDS    of weights, order and which tracks are dealt   1 2 3
#   FOLDS    parts that take turns at being held out        3
#   EPOCHS   of the base                                    that of its recipe
#   FASTER   further options for every training, such as --parallel 2 is for crossval
#
# Why these three: each has near relatives among the seven that stay (country: blues and rock; disco: pop;
# reggae: hiphop), and each is among the harder ones of the collection. Jazz, metal and classical would be
# told apart by nearly any network from ten tracks, and there would be nothing to see.
#
# Why folds: of 90 tracks of a genre in 3 folds 60 train, enough for 50 to be dealt, and every track is held
# out once, so that a point of the curve is judged on all 270 tracks and not on a fifth of them. The folds
# are the same for all runs (--split-seed 1). A seed decides weights, order and which N of the 60 tracks are
# dealt; the tracks of a smaller N are among those of a larger one.
#
# What is fair to the network from scratch: it has the architecture, augmentation, mixup and averaged weights
# of the base's own recipe, batches as small as the other's, so that it makes as many steps an epoch, and
# twice its epochs. Neither looks at what is held out; the weights are those of the last epoch.
#
# How long: 1 + 2 x NUMBERS x SEEDS cross-validations. With F = 12 s for an epoch of 900 tracks on two cores
# (see clips/s on stderr: an epoch of a cross-validation's fold is N x 3 tracks, and 90 more are answered
# after each), the base takes 45 x 0.56 x F, some 5 min; a taught fold of 10, 20, 50 tracks 30 to 80 s, one
# from scratch twice that. All 54 folds of the three seeds take some 1 h 15 min; SEEDS=1 takes 25 min.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: docs/own-genres.sh DATA OUT" >&2
  exit 2
fi
data=$1
out=$2
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
model=${MODEL:-tonearm-base}
genres=${GENRES:-country,disco,reggae}
numbers=${NUMBERS:-10 20 50}
seeds=${SEEDS:-1 2 3}
folds=${FOLDS:-3}
mkdir -p "$out"

# A run that is there is gone on with; a finished one takes seconds.
# shellcheck disable=SC2086 # FASTER is a list of words
train() {
  "$home/tonearm" "$@" --resume ${FASTER:-}
}

# The base, by its own recipe, on every other genre. A recording that is also in one of the three is left out.
# shellcheck disable=SC2086 # no words if EPOCHS is not set
"$home/tonearm" train "$data" --model "$model" --without-genres "$genres" --name "base-without-three" \
  --split-seed 1 --out "$out/base" --resume ${EPOCHS:+--epochs $EPOCHS}

runs=
for n in $numbers; do
  for seed in $seeds; do
    # Clips of 6 s: five a track of 30 s. Batch and epochs of a taught run come from their number.
    taught=$out/taught-$n-$seed
    train crossval "$data" --init "$out/base" --genres "$genres" --tracks-per-genre "$n" \
      --folds "$folds" --split-seed 1 --seed "$seed" --out "$taught"
    batch=$(sed -n 's/.*"batch_size" : \([0-9]*\),.*/\1/p' "$taught/run.json")
    epochs=$(sed -n 's/.*"epochs" : \([0-9]*\),.*/\1/p' "$taught/run.json")
    average=$(sed -n 's/.*"averaging" : \([0-9.]*\),.*/\1/p' "$taught/run.json")
    rate=$(sed -n 's/.*"learning_rate" : \([0-9.Ee-]*\),.*/\1/p' "$taught/run.json")
    scratch=$out/scratch-$n-$seed
    train crossval "$data" --model "$model" --genres "$genres" --tracks-per-genre "$n" \
      --folds "$folds" --split-seed 1 --seed "$seed" --out "$scratch" \
      --epochs $((2 * epochs)) --batch-size "$batch" --learning-rate "$rate" \
      --weight-average "$average"
    runs="$runs $taught $scratch"
  done
done

# shellcheck disable=SC2086 # a list of folders
"$home/tonearm" report $runs --learning-curve "$out/curve" | tee "$out/table.txt"
