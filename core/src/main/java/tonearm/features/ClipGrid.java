package tonearm.features;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a track's clips lie. Clip {@code i} covers the frames {@code floor(i w)} to {@code floor((i
 * + 1) w)}, with {@code w} the frames of one clip's length, which need not be whole: for the
 * archive's 30 s of 344 frames and clips of 6 s these are the five equal parts of 68 and 69 frames.
 * Training and answering use this one rule.
 *
 * <p>A rest of at least half a clip becomes a last clip of full width that ends where the track
 * ends; a shorter rest is left out. A track shorter than one clip is one clip, repeated from its
 * start until it is full ({@link #padded}).
 *
 * @param framesPerClip length of a clip in frames, at least 1, not necessarily whole
 */
public record ClipGrid(double framesPerClip) {
  /** Length of a clip unless someone chooses otherwise, in seconds. */
  public static final double DEFAULT_CLIP_SECONDS = 6.0;

  /**
   * One clip's frames.
   *
   * @param from first frame
   * @param to one past the last
   */
  public record Span(int from, int to) {
    /** Number of frames. */
    public int frames() {
      return to - from;
    }
  }

  public ClipGrid {
    if (!(framesPerClip >= 1 && framesPerClip < 1e6)) {
      throw new IllegalArgumentException(
          "a clip needs from 1 to 1000000 frames, not " + framesPerClip);
    }
  }

  /** The grid of clips of {@code clipSeconds} on spectrograms of {@code config}. */
  public static ClipGrid of(FeatureConfig config, double clipSeconds) {
    return new ClipGrid(clipSeconds * config.framesPerSecond());
  }

  /** The {@code index}-th clip as if the track never ended. */
  public Span span(int index) {
    return new Span((int) (index * framesPerClip), (int) ((index + 1) * framesPerClip));
  }

  /** Frames of a full clip where the width alternates: the larger of the two. */
  public int maxFrames() {
    return (int) Math.ceil(framesPerClip);
  }

  /** Whether {@code frames} left over at the end are enough for a clip of their own. */
  public boolean isEnough(int frames) {
    return frames >= framesPerClip / 2;
  }

  /**
   * The clips of a track.
   *
   * @param frames length of the track, at least 1
   * @return at least one span; only a track shorter than a clip gives one of less than full width
   */
  public List<Span> spans(int frames) {
    if (frames < 1) {
      throw new IllegalArgumentException("a track needs at least 1 frame, not " + frames);
    }
    List<Span> spans = new ArrayList<>();
    int index = 0;
    while (span(index).to() <= frames) {
      spans.add(span(index++));
    }
    if (spans.isEmpty()) {
      spans.add(new Span(0, frames));
    } else if (isEnough(frames - span(index).from())) {
      spans.add(new Span(frames - span(index).frames(), frames));
    }
    return spans;
  }

  /**
   * Some of a track's clips, spread evenly: of equal parts of the track, the clip in the middle of
   * each.
   *
   * @param clips how many the track has, at least 1
   * @param wanted how many to take, at least 1
   * @return their indices, rising; all of them if there are no more than that
   */
  public static int[] spread(int clips, int wanted) {
    if (clips < 1 || wanted < 1) {
      throw new IllegalArgumentException(
          "at least 1 clip of at least 1, not " + wanted + " of " + clips);
    }
    int[] indices = new int[Math.min(clips, wanted)];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = (int) ((2L * i + 1) * clips / (2L * indices.length));
    }
    return indices;
  }

  /** {@code clip} repeated from its start until it is a full clip wide; itself if it is already. */
  public Spectrogram padded(Spectrogram clip) {
    int width = (int) framesPerClip;
    if (clip.frames() >= width) {
      return clip;
    }
    float[] values = new float[clip.bins() * width];
    for (int bin = 0; bin < clip.bins(); bin++) {
      for (int frame = 0; frame < width; frame++) {
        values[bin * width + frame] = clip.at(bin, frame % clip.frames());
      }
    }
    return new Spectrogram(values, clip.bins(), width);
  }
}
