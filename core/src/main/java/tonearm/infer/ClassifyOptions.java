package tonearm.infer;

/**
 * What is asked about a song.
 *
 * @param timeline whether the answer tells each clip's probabilities; default no
 * @param excerpt how many clips are heard, spread evenly over the song, 1 to {@value #MAX_EXCERPT};
 *     or {@link #WHOLE}, the default: every clip. A song of no more clips than that is heard whole
 * @param embedding whether the answer has the song's embedding; default no
 */
public record ClassifyOptions(boolean timeline, int excerpt, boolean embedding) {
  /** Every clip of the song. */
  public static final int WHOLE = 0;

  /** The most clips an excerpt may have. */
  public static final int MAX_EXCERPT = 1000;

  /** The whole song, and nothing beside its genre. */
  public static final ClassifyOptions DEFAULT = new ClassifyOptions(false, WHOLE, false);

  public ClassifyOptions {
    if (excerpt < 0 || excerpt > MAX_EXCERPT) {
      throw new IllegalArgumentException(
          "an excerpt has 1 to "
              + MAX_EXCERPT
              + " clips, or "
              + WHOLE
              + " for the whole song, not "
              + excerpt);
    }
  }

  /** The same with or without a timeline. */
  public ClassifyOptions withTimeline(boolean wanted) {
    return new ClassifyOptions(wanted, excerpt, embedding);
  }

  /** The same with so many clips, or {@link #WHOLE}. */
  public ClassifyOptions withExcerpt(int clips) {
    return new ClassifyOptions(timeline, clips, embedding);
  }

  /** The same with or without an embedding. */
  public ClassifyOptions withEmbedding(boolean wanted) {
    return new ClassifyOptions(timeline, excerpt, wanted);
  }
}
