"""Measures waveform augmentation in librosa beside Tonearm's, on one sound, and prints the ratios.

Usage: python bench/augment_peers.py [SOUND] [--runs N]

SOUND is a file of 30 s or more; the sample song if there is none. Both work on the five 6-second
clips of its first 30 s, one thread each, with the strengths of `tonearm train --augmentation strong`.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import librosa  # noqa: E402  (threads are read when it is loaded)
import numpy as np  # noqa: E402

HOME = pathlib.Path(__file__).resolve().parent.parent
RATE = 22050
CLIP = 6 * RATE
N_FFT = 2048


def clips(y):
    return [y[at : at + CLIP] for at in range(0, 5 * CLIP, CLIP)]


def archive(y):
    """Power spectral density in dB on 544 linear rows, 1920 samples apart."""
    spectrum = librosa.stft(
        y, n_fft=N_FFT, hop_length=1920, window=np.hanning(N_FFT), center=False
    )
    rows = ((np.arange(544) + 0.5) * (N_FFT // 2 + 1) / 544).astype(int)
    return librosa.power_to_db(np.abs(spectrum[rows]) ** 2, amin=1e-40, top_db=200)


def works(sound):
    rng = np.random.default_rng(1)
    y = librosa.load(sound, sr=RATE, mono=True, duration=30)[0]

    def stretch(clip):
        return librosa.effects.time_stretch(clip, rate=1.25 ** rng.uniform(-1, 1))

    def shift(clip):
        return librosa.effects.pitch_shift(clip, sr=RATE, n_steps=rng.uniform(-2, 2))

    def noisy(clip):
        return np.roll(clip + 0.01 * rng.standard_normal(len(clip)), rng.integers(len(clip)))

    return {
        "decode, resample to 22050 Hz": lambda: librosa.load(sound, sr=RATE, duration=30),
        "time stretch": lambda: [stretch(clip) for clip in clips(y)],
        "pitch shift": lambda: [shift(clip) for clip in clips(y)],
        "noise, time shift": lambda: [noisy(clip) for clip in clips(y)],
        "STFT, levels in dB": lambda: [archive(clip) for clip in clips(y)],
    }


def milliseconds(work, runs):
    times = []
    for run in range(runs + 2):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times[2:])  # two warm the compiler and the caches up


def tonearm(sound, runs):
    command = [HOME / "tonearm", "augment", sound, "--only", "cost", "--jobs", "1", "--json"]
    out = subprocess.run([*command, "--runs", str(runs)], check=True, stdout=subprocess.PIPE).stdout
    rows = json.loads(out)["cost"]
    return {row["part"]: 1000 * row["seconds_per_track"] for row in rows if row["arm"] == "waveform"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sound", nargs="?", default=HOME / "samples/twelve-bar-blues.mp3")
    parser.add_argument("--runs", type=int, default=9)
    arguments = parser.parse_args()
    ours = tonearm(arguments.sound, arguments.runs)
    print(f"librosa {librosa.__version__}, one thread, the five clips of a 30-second track.\n")
    print("| part | librosa, ms | Tonearm, ms | ratio |\n|---|--:|--:|--:|")
    sums = [0, 0]
    for part, work in works(arguments.sound).items():
        theirs = milliseconds(work, arguments.runs)
        sums = [sums[0] + theirs, sums[1] + ours[part]]
        print(f"| {part} | {theirs:.1f} | {ours[part]:.1f} | {theirs / ours[part]:.2f} |")
    print(f"| **all** | {sums[0]:.1f} | {sums[1]:.1f} | {sums[0] / sums[1]:.2f} |")


main()
