# The commands of people who change Tonearm. People who use it need ./tonearm alone.

GOLDEN_PYTHON ?= python3.11
GOLDEN_VENV := golden/.venv
BENCH ?= --update docs/BENCHMARKS.md
BENCH_VENV := bench/.venv

.DEFAULT_GOAL := help
.PHONY: help fmt check golden sample session bench bench-peers augment-peers card figures

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

fmt: ## Format the Java sources
	mvn -B -q spotless:apply

check: ## Compile, test and check the format: what CI runs
	mvn -B verify

# The golden files are committed. Run this to verify them (git diff stays empty) or to change them.
golden: $(GOLDEN_VENV)/made ## Make the tests' golden values again with independent libraries
	$(GOLDEN_VENV)/bin/python golden/generate.py core/src/test/resources/golden
	$(GOLDEN_VENV)/bin/python golden/generate_eval.py core/src/test/resources/golden/eval/metrics.json

$(GOLDEN_VENV)/made: golden/requirements.txt
	$(GOLDEN_PYTHON) -m venv --clear $(GOLDEN_VENV)
	$(GOLDEN_VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

# The exports are the JDK's own synthesiser, which the song is played on. One JDK gives the same bytes.
sample: ## Play and encode samples/twelve-bar-blues.mp3 again
	mvn -q -B -pl core test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test-classpath.txt
	java --add-exports java.desktop/com.sun.media.sound=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED \
	  -Djava.awt.headless=true -cp core/target/test-classes:core/target/classes:$$(cat core/target/test-classpath.txt) \
	  tonearm.audio.SampleSong samples/twelve-bar-blues.mp3

session: ## Play the session of README.md again: a small library, its index, its tags
	docs/library-session.sh

card: ## Make the shipped models' cards and metrics again from their run folders
	./tonearm report docs/runs/reference-unet --notes models/reference-unet/NOTES.md --card models/reference-unet/MODEL_CARD.md
	./tonearm report docs/runs/tonearm-base --measured-by docs/runs/tonearm-base-folds --notes models/tonearm-base/NOTES.md \
	  --bundle models/tonearm-base

# GTZAN=FOLDER takes the mean spectrograms anew from a prepared dataset, and draws the published run if it lies there.
figures: ## Draw the figures of docs/REPRODUCTION.md and docs/OWN_GENRES.md again
	mkdir -p target/figures
	./tonearm classify --model reference-unet --json --timeline samples/twelve-bar-blues.mp3 -o target/figures/answer.json
	./tonearm report docs/runs/reference-unet --song samples/twelve-bar-blues.mp3 --song target/figures/answer.json \
	  --out target/figures $(if $(GTZAN),--data $(GTZAN))
	cp target/figures/*.png docs/figures/
	./tonearm report docs/runs/reference-unet docs/runs/reference-unet-split-2 docs/runs/reference-unet-split-3 \
	  --labels "split 1,split 2,split 3" --compare target/figures/splits
	cp target/figures/splits/13-comparison.png docs/figures/13-splits.png
	./tonearm report docs/runs/reference-unet-split-2 docs/runs/reference-unet-split-3 docs/runs/reference-unet-by-clip \
	  --labels "by track (split 2),by track (split 3),by clip" --compare target/figures/reference-by-clip
	cp target/figures/reference-by-clip/13-comparison.png docs/figures/13-reference-by-clip.png
	cd docs/runs/narrow-unet-unregularised && ../../../tonearm report by-track by-clip by-track-40 fault-filtered \
	  --labels "by track,by clip,by track with 40 of each genre,fault-filtered" --compare ../../../target/figures/unregularised
	cp target/figures/unregularised/13-comparison.png docs/figures/13-unregularised.png
	cd docs/runs/narrow-unet-protocols && ../../../tonearm report by-track by-clip by-track-40 fault-filtered \
	  --labels "by track,by clip,by track with 40 of each genre,fault-filtered" --compare ../../../target/figures/protocols
	cp target/figures/protocols/13-comparison.png docs/figures/13-protocols.png
	cd docs/runs/narrow-unet-ingredients && ../../../tonearm report whole no-batch-norm no-batch-norm-no-dropout \
	  no-dropout no-l2 no-augmentation \
	  --labels "the recipe,without batch norm,without batch norm and dropout,without dropout,without L2,without augmentation" \
	  --compare ../../../target/figures/ingredients
	cp target/figures/ingredients/13-comparison.png docs/figures/13-ingredients.png
	cd docs/runs/narrow-unet-ingredients && ../../../tonearm report whole prelu keras-prelu no-batch-norm \
	  prelu-no-batch-norm keras-prelu-no-batch-norm --compare ../../../target/figures/activations \
	  --labels "ReLU,PReLU,Keras's PReLU,ReLU without batch norm,PReLU without batch norm,Keras's PReLU without batch norm"
	cp target/figures/activations/13-comparison.png docs/figures/13-activations.png
	cd docs/runs/own-genres && ../../../tonearm report taught-10 scratch-10 taught-20 scratch-20 taught-50 scratch-50 \
	  --learning-curve ../../../target/figures/own-genres
	cp target/figures/own-genres/14-learning-curve.png docs/figures/14-own-genres.png

# BENCH="--only decode" prints a part instead.
bench: ## Measure speed and memory here; the tables of docs/BENCHMARKS.md are replaced
	./tonearm bench $(BENCH)

bench-peers: $(BENCH_VENV)/made ## The same song through librosa and ffmpeg, side by side
	$(BENCH_VENV)/bin/python bench/peers.py

# SOUND="path to a file of 30 s" measures that one.
augment-peers: $(BENCH_VENV)/made ## Waveform augmentation in librosa beside Tonearm's
	$(BENCH_VENV)/bin/python bench/augment_peers.py $(SOUND)

$(BENCH_VENV)/made: bench/requirements.txt golden/requirements.txt
	$(GOLDEN_PYTHON) -m venv --clear $(BENCH_VENV)
	$(BENCH_VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@
