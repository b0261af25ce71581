package tonearm.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tonearm.features.ClipGrid.Span;

class ClipGridTest {
  private static final ClipGrid ARCHIVE =
      ClipGrid.of(FeatureConfig.preset("gtzan-archive"), ClipGrid.DEFAULT_CLIP_SECONDS);

  @Test
  void theArchivesTracksAreFiveEqualParts() {
    assertThat(ARCHIVE.spans(344))
        .containsExactly(
            new Span(0, 68),
            new Span(68, 137),
            new Span(137, 206),
            new Span(206, 275),
            new Span(275, 344));
    assertThat(ARCHIVE.maxFrames()).isEqualTo(69);
  }

  @Test
  void aRestOfHalfAClipIsAClipThatEndsWithTheTrack() {
    ClipGrid grid = new ClipGrid(10);
    assertThat(grid.spans(24)).containsExactly(new Span(0, 10), new Span(10, 20));
    assertThat(grid.spans(25)).containsExactly(new Span(0, 10), new Span(10, 20), new Span(15, 25));
    assertThat(grid.spans(10)).containsExactly(new Span(0, 10));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1.5, 7.25, 68.90625, 258.3984375})
  void clipsCoverATrackWithoutGapsWhateverItsLength(double framesPerClip) {
    ClipGrid grid = new ClipGrid(framesPerClip);
    int width = (int) framesPerClip;
    for (int frames = 1; frames < 1200; frames++) {
      List<Span> spans = grid.spans(frames);
      int covered = 0;
      for (Span span : spans) {
        assertThat(span.from()).as("%d frames", frames).isLessThanOrEqualTo(covered);
        assertThat(span.frames()).isBetween(Math.min(frames, width), grid.maxFrames());
        covered = span.to();
      }
      assertThat(spans.get(0).from()).isZero();
      assertThat(covered).isLessThanOrEqualTo(frames);
      assertThat(frames - covered).as("%d frames", frames).isLessThan((int) framesPerClip / 2 + 2);
    }
  }

  @Test
  void aShortTrackIsOneClipRepeated() {
    ClipGrid grid = new ClipGrid(5.5);
    assertThat(grid.spans(2)).containsExactly(new Span(0, 2));
    Spectrogram two = new Spectrogram(new float[] {1, 2, 3, 4}, 2, 2);
    Spectrogram padded = grid.padded(two);
    assertThat(padded.frames()).isEqualTo(5);
    assertThat(padded.values()).containsExactly(1, 2, 1, 2, 1, 3, 4, 3, 4, 3);
    assertThat(grid.padded(padded)).isSameAs(padded);
  }

  @Test
  void whatIsNoClipIsRefused() {
    for (double frames : new double[] {0, 0.99, -1, 1e6, Double.NaN}) {
      assertThatThrownBy(() -> new ClipGrid(frames)).hasMessageContaining("frames, not " + frames);
    }
    assertThatThrownBy(() -> ARCHIVE.spans(0)).hasMessageContaining("at least 1 frame");
  }
}
