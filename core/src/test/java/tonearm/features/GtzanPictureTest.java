package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tonearm.audio.Audio;
import tonearm.audio.AudioDecoder;

/**
 * File to picture, whole: the archive's audio must give the archive's own spectrograms. The data
 * are not free to share; where they are absent, this is skipped.
 */
@Tag("gtzan")
class GtzanPictureTest {
  private static final Path GTZAN = Path.of("../../shared/gtzan");
  private static final FeatureConfig ARCHIVE = FeatureConfig.preset("gtzan-archive");
  private static final FrontEnd FRONT_END = new FrontEnd(ARCHIVE);

  /** The archive took minimum and maximum over every FFT bin, then kept 544 of the 1025. */
  private static final FrontEnd EVERY_BIN =
      new FrontEnd(
          new FeatureConfig(
              "every-bin",
              ARCHIVE.sampleRateHz(),
              ARCHIVE.nFft(),
              ARCHIVE.hopLength(),
              ARCHIVE.window(),
              ARCHIVE.centered(),
              ARCHIVE.scaling(),
              ARCHIVE.grid(),
              ARCHIVE.nFft() / 2 + 1,
              ARCHIVE.fMinHz(),
              ARCHIVE.fMaxHz(),
              ARCHIVE.dynamicRangeDb()));

  @BeforeAll
  static void dataAreHere() {
    assumeTrue(Files.isDirectory(GTZAN), "the GTZAN folder is absent");
  }

  /** The genres whose audio is at the archive's own rate. */
  static Stream<String> tracks() throws IOException {
    Stream.Builder<String> tracks = Stream.builder();
    for (String genre : List.of("blues", "jazz")) {
      try (Stream<Path> files = Files.list(GTZAN.resolve("audio").resolve(genre))) {
        files.map(file -> file.getFileName().toString().replace(".flac", "")).forEach(tracks::add);
      }
    }
    return tracks.build().sorted();
  }

  @ParameterizedTest
  @MethodSource("tracks")
  void audioGivesTheArchivesPicture(String track, TestReporter reporter) throws IOException {
    String genre = track.substring(0, track.indexOf('.'));
    Audio audio =
        AudioDecoder.decode(
            GTZAN.resolve("audio").resolve(genre).resolve(track + ".flac"), ARCHIVE.sampleRateHz());
    Spectrogram picture =
        SpectrogramPng.read(GTZAN.resolve("spectrograms").resolve(genre).resolve(track + ".png"));
    Spectrogram raw = FRONT_END.spectrogram(audio);
    Spectrogram actual = FRONT_END.floored(raw);
    assertThat(actual.values()).as("ordinary music is not clipped").isEqualTo(raw.values());
    assertThat(actual.bins()).isEqualTo(picture.bins());
    assertThat(actual.frames()).isEqualTo(picture.frames());

    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float level : EVERY_BIN.spectrogram(audio).values()) {
      min = Math.min(min, level);
      max = Math.max(max, level);
    }
    double error = 0;
    for (int i = 0; i < actual.values().length; i++) {
      long pixel = Math.round(255.0 * (actual.values()[i] - min) / (max - min));
      error += Math.abs(pixel - picture.values()[i]) / actual.values().length;
    }
    double correlation = correlation(actual.values(), picture.values());
    reporter.publishEntry(
        track,
        "mean absolute error %.3f grey levels, correlation %.5f, range %.1f dB"
            .formatted(error, correlation, max - min));
    assertThat(error).as("mean absolute error in grey levels").isLessThanOrEqualTo(0.6);
    assertThat(correlation).as("correlation").isGreaterThanOrEqualTo(0.999);
  }

  private static double correlation(float[] a, float[] b) {
    double meanA = mean(a);
    double meanB = mean(b);
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      double x = a[i] - meanA;
      double y = b[i] - meanB;
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
