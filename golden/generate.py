"""Makes the golden values of tonearm.dsp and tonearm.features with librosa, SciPy and Pillow.

Usage: python golden/generate.py core/src/test/resources/golden

Each file holds its input, the expected values, and what made them. The same versions
(requirements.txt) give the same files, byte for byte, on one kind of machine.
"""

import json
import pathlib
import platform
import sys

import librosa
import numpy as np
import PIL
import scipy
import scipy.signal
from PIL import Image

RATE = 22050
N_FFT = 2048


def write(folder, name, source, content):
    head = {
        "generator": "golden/generate.py",
        "source": source,
        "versions": {
            "python": platform.python_version(),
            "librosa": librosa.__version__,
            "numpy": np.__version__,
            "pillow": PIL.__version__,
            "scipy": scipy.__version__,
        },
    }
    path = folder / name
    path.write_text(json.dumps({**head, **content}, separators=(",", ":")) + "\n")
    print(f"{path}: {path.stat().st_size} bytes")


def digits(values, count=10):
    """Nested lists of floats with so many significant digits."""
    return json.loads(
        json.dumps(np.asarray(values, dtype=np.float64).tolist()),
        parse_float=lambda text: float(f"{float(text):.{count}g}"),
    )


def signal():
    """A decaying chord, a sweep, noise, and a stretch of digital silence; 16-bit integers."""
    rng = np.random.default_rng(20240607)
    n = 9000
    t = np.arange(n) / RATE
    chord = sum(np.sin(2 * np.pi * f * t + i) for i, f in enumerate((110, 277.18, 659.26, 1760)))
    sweep = np.sin(2 * np.pi * (300 * t + 0.5 * 20000 * t**2))
    x = 0.15 * chord * np.exp(-2 * t) + 0.1 * sweep + 0.003 * rng.standard_normal(n)
    x[6200:] = 0
    return np.round(32767 * x).astype(int)


def windows():
    lengths = (1, 2, 7, 16, 33)
    return {
        "input": {"lengths": lengths},
        "expected": {
            "HANN_SYMMETRIC": [digits(scipy.signal.windows.hann(n, sym=True), 17) for n in lengths],
            "HANN_PERIODIC": [digits(scipy.signal.windows.hann(n, sym=False), 17) for n in lengths],
        },
    }


def mel_bank(rate, n_fft, bands, f_min, f_max):
    weights = librosa.filters.mel(
        sr=rate, n_fft=n_fft, n_mels=bands, fmin=f_min, fmax=f_max, dtype=np.float64
    )
    rows = []
    for row in weights:
        nonzero = np.flatnonzero(row)
        first, last = nonzero[0], nonzero[-1]
        rows.append({"first": int(first), "weights": digits(row[first : last + 1])})
    return {
        "input": {
            "sampleRateHz": rate,
            "nFft": n_fft,
            "bands": bands,
            "fMinHz": f_min,
            "fMaxHz": f_max,
        },
        "expected": rows,
    }


def spectra(samples):
    x = samples / 32768.0
    stft = librosa.stft(x, n_fft=N_FFT, hop_length=512, window="hann", center=True)
    power = np.abs(stft) ** 2
    mel = librosa.feature.melspectrogram(y=x, sr=RATE, n_fft=N_FFT, hop_length=512, n_mels=128)
    # amin of Tonearm's own: librosa's 1e-10 is a floor that a gain would move across.
    mel_raw = librosa.power_to_db(mel, amin=1e-40, top_db=None)
    mel_floored = librosa.power_to_db(mel, amin=1e-40, top_db=80)

    window = scipy.signal.windows.hann(N_FFT, sym=True)
    _, _, density = scipy.signal.spectrogram(
        x,
        fs=RATE,
        window=window,
        nperseg=N_FFT,
        noverlap=N_FFT - 1920,
        detrend=False,
        scaling="density",
        mode="psd",
    )
    rows = np.floor((np.arange(544) + 0.5) * 1025 / 544).astype(int)
    archive = 10 * np.log10(np.maximum(density[rows], 1e-40))
    frames = [0, 4, 10]
    return {
        "input": {
            "sampleRateHz": RATE,
            "samples16": samples.tolist(),
            "note": "amplitude = samples16 / 32768; frames are the first index of each list",
        },
        "expected": {
            "stftPower": {
                "nFft": N_FFT,
                "hopLength": 512,
                "frames": frames,
                "power": digits(power[:, frames].T),
            },
            "mel128": {"raw": digits(mel_raw.T, 8), "floored": digits(mel_floored.T, 8)},
            "gtzanArchive": digits(archive.T, 8),
        },
    }


def clip(seed, bins, frames, size):
    """A clip of grey levels, scaled to [0, 1] by its own range and resized by Pillow."""
    rng = np.random.default_rng(seed)
    levels = rng.integers(20, 231, (bins, frames))
    unit = (levels - levels.min()) / (levels.max() - levels.min())
    image = Image.fromarray(unit.astype(np.float32))
    picture = image.resize((size, size), Image.Resampling.BILINEAR)
    return {
        "input": {"bins": bins, "frames": frames, "size": size, "levels": levels.ravel().tolist()},
        "expected": digits(np.asarray(picture).ravel(), 8),
    }


def effects(samples):
    """The waveform effects; of each result every fifth value, which shows any difference too."""
    x = samples / 32768.0
    stretched = {
        str(rate): librosa.effects.time_stretch(x, rate=rate) for rate in (0.8, 0.97, 1.25)
    }
    shifted = {
        str(steps): librosa.effects.pitch_shift(x, sr=RATE, n_steps=steps) for steps in (-4, 3)
    }
    return {
        "input": {
            "sampleRateHz": RATE,
            "samples16": samples.tolist(),
            "note": "amplitude = samples16 / 32768; values are every fifth of each result",
        },
        "expected": {
            "timeStretch": {
                rate: {"length": len(y), "values": digits(y[::5])} for rate, y in stretched.items()
            },
            "pitchShift": {
                steps: {"length": len(y), "values": digits(y[::5])} for steps, y in shifted.items()
            },
            "timeShift16": {
                str(by): np.roll(samples, by)[::5].tolist() for by in (-700, 1234)
            },
        },
    }


def music():
    """Two chords after each other, each of partials up to 6 kHz that decay, in some noise."""
    rng = np.random.default_rng(20261124)
    x = np.zeros(5000)
    for start, roots in ((0, (110, 164.81, 220)), (2600, (98, 146.83, 246.94))):
        t = np.arange(len(x) - start) / RATE
        for root in roots:
            for partial in range(1, 25):
                phase = rng.uniform(0, 2 * np.pi)
                tone = np.sin(2 * np.pi * root * partial * t + phase)
                x[start:] += 0.06 / partial * np.exp(-(4 + partial) * t) * tone
    noise = scipy.signal.lfilter([1], [1, -0.95], rng.standard_normal(len(x)))
    return np.round(32767 * (x + 0.002 * noise)).astype(int)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, "windows.json", "scipy.signal.windows.hann", windows())
    banks = [
        mel_bank(22050, 2048, 128, 0, 11025),
        mel_bank(16000, 512, 26, 50, 7000),
        mel_bank(48000, 4096, 40, 0, 20000),
    ]
    write(folder, "mel-banks.json", "librosa.filters.mel, norm='slaney'", {"banks": banks})
    write(
        folder,
        "spectra.json",
        "librosa.stft, librosa.feature.melspectrogram, scipy.signal.spectrogram",
        spectra(signal()),
    )
    write(
        folder,
        "effects.json",
        "librosa.effects.time_stretch, librosa.effects.pitch_shift, numpy.roll",
        effects(music()),
    )
    clips = [clip(1, 61, 17, 24), clip(2, 5, 4, 16), clip(3, 9, 33, 9), clip(4, 32, 32, 8)]
    write(folder, "clips.json", "PIL.Image.resize, BILINEAR, mode F", {"clips": clips})


main()
