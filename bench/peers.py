"""Measures Tonearm and its peers on one song, side by side, and prints the ratios.

Usage: python bench/peers.py [--rounds N] [--runs N]

Each round asks Tonearm (./tonearm bench --only decode,features), then does the same work with
librosa and, where the program is installed, the ffmpeg command line; so whatever slows the machine
for a while slows all of them. A number is the median of the rounds, of each the median of its runs.
"""

import argparse
import importlib.metadata
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import librosa
import numpy as np

HOME = pathlib.Path(__file__).resolve().parent.parent
RATE = 22050
N_FFT = 2048


def load(song):
    return librosa.load(song, sr=RATE, mono=True)[0]


def decode_native(song):
    return librosa.load(song, sr=None, mono=True)[0]


def gtzan_archive(song):
    """Power spectral density in dB on 544 linear rows, 1920 samples apart."""
    spectrum = librosa.stft(
        load(song),
        n_fft=N_FFT,
        hop_length=1920,
        window=np.hanning(N_FFT),
        center=False,
    )
    rows = ((np.arange(544) + 0.5) * (N_FFT // 2 + 1) / 544).astype(int)
    return librosa.power_to_db(np.abs(spectrum[rows]) ** 2, top_db=None)


def mel_128(song):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=load(song), sr=RATE))


def ffmpeg(*options):
    def work(song):
        # The process is part of it: that is how scripts use it.
        command = ["ffmpeg", "-v", "error", "-i", str(song), "-ac", "1", *options]
        subprocess.run([*command, "-f", "f32le", "-y", "/dev/null"], check=True)

    return work


def peers():
    found = {
        "decode at 44100 Hz, stereo to mono": {"librosa": decode_native},
        f"decode + resample to {RATE} Hz": {"librosa": load},
        "decode + resample + gtzan-archive": {"librosa": gtzan_archive},
        "decode + resample + mel-128": {"librosa": mel_128},
    }
    if shutil.which("ffmpeg"):
        names = list(found)
        found[names[0]]["ffmpeg"] = ffmpeg()
        found[names[1]]["ffmpeg"] = ffmpeg("-ar", str(RATE))
    else:
        print("ffmpeg is not installed: measured without it", file=sys.stderr)
    return found


def speed(work, song, seconds, runs):
    """Seconds of audio a second, the median; one run goes before, for compilers and caches."""
    work(song)
    speeds = []
    for _ in range(runs):
        start = time.perf_counter()
        work(song)
        speeds.append(seconds / (time.perf_counter() - start))
    return statistics.median(speeds)


def tonearm(folder, runs):
    command = [HOME / "tonearm", "bench", "--only", "decode,features", "--json"]
    done = subprocess.run(
        [*command, "--runs", str(runs), "--sounds", folder],
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(done.stdout)


def version(name):
    if name == "ffmpeg":
        banner = subprocess.run(["ffmpeg", "-version"], check=True, stdout=subprocess.PIPE)
        return banner.stdout.decode().split()[2]
    return importlib.metadata.version(name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    works = peers()
    speeds = {}
    with tempfile.TemporaryDirectory() as folder:
        for done in range(options.rounds):
            print(f"round {done + 1} of {options.rounds}", file=sys.stderr)
            report = tonearm(folder, options.runs)
            own = {m["name"]: m["median"] for m in report["measurements"]}
            song = pathlib.Path(folder) / "tonearm-bench.mp3"
            seconds = librosa.get_duration(path=song)
            for what, by in works.items():
                speeds.setdefault((what, "Tonearm"), []).append(own[what])
                for name, work in by.items():
                    measured = speed(work, song, seconds, options.runs)
                    speeds.setdefault((what, name), []).append(measured)

    provenance = report["provenance"]
    machine = provenance["machine"]
    names = sorted({name for by in works.values() for name in by})
    print(
        f"Measured {provenance['created'][:10]}: Tonearm {provenance['tonearm_version']}, "
        + ", ".join(f"{name} {version(name)}" for name in names)
        + f"; {machine['cpu']}, {machine['cores']} cores; {seconds:.0f} s of stereo mp3, "
        + f"median of {options.rounds} rounds of {options.runs} runs.\n"
    )
    print("| what | by | s of audio / s | Tonearm is faster by |")
    print("|---|---|--:|--:|")
    for (what, name), values in speeds.items():
        if name == "Tonearm":
            ratio = ""
        else:
            pairs = zip(speeds[what, "Tonearm"], values)
            ratio = f"{statistics.median(a / b for a, b in pairs):.2f}"
        print(f"| {what} | {name} | {statistics.median(values):.0f} | {ratio} |")


if __name__ == "__main__":
    main()
