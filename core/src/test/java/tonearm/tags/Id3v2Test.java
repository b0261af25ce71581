package tonearm.tags;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Corners of ID3v2 that files in the wild have. */
class Id3v2Test {
  private static final TagField GENRE = TagField.GENRE;

  private static Id3v2 tagOf(int version, byte[]... frames) throws TagException {
    return Id3v2.parse(RichTags.tag(version, 0, RichTags.join(frames)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "(17);Rock",
        "17;Rock",
        "(4)Eurodisco;Disco|Eurodisco",
        "(51)(39);Techno-Industrial|Noise",
        "(RX)(CR);Remix|Cover",
        "((live);(live)",
        "(17)Rock;Rock",
        "Rock/Pop;Rock/Pop",
        "255;255",
        "17 Hippies;17 Hippies",
        "(no number);(no number)",
        "191;Psybient"
      })
  void numbersAreShownByTheirNames(String text, String names) throws TagException {
    Id3v2 tag = tagOf(3, RichTags.frame(3, "TCON", RichTags.latin("\0" + text)));
    assertThat(tag.values(GENRE)).containsExactly(names.split("\\|", -1));
  }

  @Test
  void everyTextEncodingIsRead() throws TagException {
    List<byte[]> spellings =
        List.of(
            RichTags.latin("\0Caf\u00e9\0Jazz\0"),
            RichTags.join(
                RichTags.latin("\u0001\u00ff\u00fe"), "Caf\u00e9\0Jazz".getBytes(UTF_16LE)),
            RichTags.join(
                RichTags.latin("\u0001\u00fe\u00ff"), "Caf\u00e9\0\uFEFFJazz\0".getBytes(UTF_16BE)),
            RichTags.join(new byte[] {2}, "Caf\u00e9\0Jazz".getBytes(UTF_16BE)),
            RichTags.join(
                new byte[] {3},
                "Caf\u00e9\0Jazz".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    for (byte[] data : spellings) {
      assertThat(tagOf(4, RichTags.frame(4, "TCON", data)).values(GENRE))
          .containsExactly("Caf\u00e9", "Jazz");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void framesKeepTheirBytes(int version) throws TagException {
    byte[] old = RichTags.id3(version, RichTags.latin("\0Rock"));
    Id3v2 tag = Id3v2.parse(old);

    byte[] fresh = tag.with(GENRE, List.of("Jazz"));

    byte[] expected = new String(old, ISO_8859_1).replace("\0Rock", "\0Jazz").getBytes(ISO_8859_1);
    assertThat(fresh).isEqualTo(expected);
    assertThat(Id3v2.parse(tag.with(GENRE, List.of())).others(GENRE)).isEqualTo(tag.others(GENRE));
    // Longer than the padding: the tag grows and gets a new one.
    byte[] longer = tag.with(GENRE, List.of("x".repeat(300)));
    assertThat(longer.length).isGreaterThan(old.length);
    assertThat(Id3v2.parse(longer).others(GENRE)).isEqualTo(tag.others(GENRE));
    assertThat(Id3v2.parse(longer).values(GENRE)).containsExactly("x".repeat(300));
  }

  @Test
  void severalGenreFramesBecomeOne() throws TagException {
    byte[] rock = RichTags.frame(4, "TCON", RichTags.latin("\0Rock"));
    byte[] pop = RichTags.frame(4, "TCON", RichTags.latin("\0Pop"));
    byte[] title = RichTags.frame(4, "TIT2", RichTags.latin("\0x"));
    Id3v2 tag = tagOf(4, rock, title, pop);
    assertThat(tag.values(GENRE)).containsExactly("Rock", "Pop");

    Id3v2 fresh = Id3v2.parse(tag.with(GENRE, List.of("Jazz")));

    assertThat(fresh.values(GENRE)).containsExactly("Jazz");
    assertThat(fresh.others(GENRE)).isEqualTo(tag.others(GENRE)).hasSize(1);
  }

  @Test
  void theSizesOfOldItunesAreUnderstoodAndKept() throws TagException {
    byte[] picture = RichTags.frame(3, "APIC", new byte[300]);
    byte[] title = RichTags.frame(3, "TIT2", RichTags.latin("\0title"));
    Id3v2 tag = tagOf(4, picture, title);

    byte[] fresh = tag.with(GENRE, List.of("y".repeat(200)));

    Id3v2 read = Id3v2.parse(fresh);
    assertThat(read.values(GENRE)).containsExactly("y".repeat(200));
    assertThat(read.others(GENRE)).isEqualTo(tag.others(GENRE)).hasSize(2);
  }

  @Test
  void version2StaysVersion2() throws TagException {
    byte[] body = RichTags.latin("TT2\0\0\u0003\0ab" + "TCO\0\0\u0005\0(17)");
    Id3v2 tag = Id3v2.parse(RichTags.tag(2, 0, body));
    assertThat(tag.values(GENRE)).containsExactly("Rock");

    byte[] fresh = tag.with(GENRE, List.of("Jazz", "\u017d"));

    assertThat(fresh[3]).isEqualTo((byte) 2);
    assertThat(Id3v2.parse(fresh).values(GENRE)).containsExactly("Jazz", "\u017d");
    assertThat(Id3v2.parse(fresh).others(GENRE)).isEqualTo(tag.others(GENRE));
  }

  @Test
  void unsynchronisedTagsStayUnsynchronised() throws TagException {
    // FF 00 FB in the tag stands for FF FB in the frame.
    byte[] plain =
        RichTags.join(
            RichTags.frame(3, "PRIV", RichTags.latin("a\0\u00ff\u00fb\u00ff\0\u00ff")),
            RichTags.frame(3, "TCON", RichTags.latin("\0Rock")));
    byte[] body = Id3Text.unsynchronised(plain);
    assertThat(body.length).isGreaterThan(plain.length);
    Id3v2 tag = Id3v2.parse(RichTags.tag(3, 0x80, body));
    assertThat(tag.values(GENRE)).containsExactly("Rock");

    byte[] fresh = tag.with(GENRE, List.of("\u017d")); // as UTF-16 it begins with FF FE

    assertThat(fresh[5]).isEqualTo((byte) 0x80);
    for (int i = 10; i + 1 < fresh.length; i++) {
      assertThat((fresh[i] & 0xff) == 0xff && (fresh[i + 1] & 0xe0) == 0xe0).isFalse();
    }
    assertThat(Id3v2.parse(fresh).values(GENRE)).containsExactly("\u017d");
    assertThat(Id3v2.parse(fresh).others(GENRE)).isEqualTo(tag.others(GENRE));
  }

  @Test
  void aCompressedGenreIsReadAndOthersAreNotTouched() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
      out.write(RichTags.latin("\0Rock"));
    }
    byte[] data = RichTags.join(new byte[] {0, 0, 0, 5}, packed.toByteArray());
    byte[] genre = RichTags.frame(4, "TCON", data);
    genre[9] = 0x09;
    byte[] comment = RichTags.frame(4, "COMM", data);
    comment[9] = 0x09;
    Id3v2 tag = tagOf(4, genre, comment);

    assertThat(tag.values(GENRE)).containsExactly("Rock");
    assertThat(Id3v2.parse(tag.with(GENRE, List.of("Pop"))).others(GENRE))
        .isEqualTo(tag.others(GENRE));

    genre[9] = 0x04;
    assertThatThrownBy(() -> tagOf(4, genre).values(GENRE)).hasMessageContaining("encrypted");
  }

  @Test
  void extendedHeadersAndFootersAreKept() throws TagException {
    byte[] frame = RichTags.frame(3, "TCON", RichTags.latin("\0Rock"));
    byte[] extended = {0, 0, 0, 6, 0, 0, 0, 0, 0, 20};
    byte[] old = RichTags.tag(3, 0x40, RichTags.join(extended, frame, new byte[20]));
    byte[] fresh = Id3v2.parse(old).with(GENRE, List.of("Rockabilly"));
    assertThat(fresh).hasSameSizeAs(old);
    assertThat(ByteBuffer.wrap(fresh).getInt(16)).as("size of the padding").isEqualTo(14);
    extended[4] = (byte) 0x80;
    assertThatThrownBy(() -> Id3v2.parse(RichTags.tag(3, 0x40, RichTags.join(extended, frame))))
        .hasMessageContaining("checksum");

    byte[] four = RichTags.frame(4, "TCON", RichTags.latin("\0Rock"));
    byte[] header = RichTags.tag(4, 0x10, four);
    byte[] footer = Arrays.copyOf(header, 10);
    footer[0] = '3';
    footer[1] = 'D';
    footer[2] = 'I';
    byte[] both = RichTags.join(header, footer);
    assertThat(Id3v2.lengthOf(both)).isEqualTo(both.length);
    byte[] with = Id3v2.parse(both).with(GENRE, List.of("Rockabilly"));
    assertThat(with).hasSize(both.length + 6);
    assertThat(Arrays.copyOfRange(with, with.length - 7, with.length))
        .isEqualTo(Arrays.copyOfRange(with, 3, 10));
  }

  @Test
  void whatCannotBeReadWholeIsRefused() {
    byte[] frame = RichTags.frame(3, "TCON", RichTags.latin("\0Rock"));
    byte[] tooLong = frame.clone();
    tooLong[6] = 1;
    byte[] noName = RichTags.frame(3, "tcon", RichTags.latin("\0Rock"));
    assertThatThrownBy(() -> tagOf(3, frame, tooLong)).hasMessageContaining("damaged");
    assertThatThrownBy(() -> tagOf(3, frame, noName)).hasMessageContaining("damaged");
    assertThatThrownBy(() -> tagOf(9, frame)).hasMessageContaining("version 2.9");
    byte[] encoding = RichTags.frame(3, "TCON", RichTags.latin("\u0007Rock"));
    assertThatThrownBy(() -> tagOf(3, encoding).values(GENRE)).hasMessageContaining("encoding");
  }

  @Test
  void aNewTagIsOf24AndGoesAgain() throws TagException {
    byte[] tag = Id3v2.none().with(GENRE, List.of("Jazz"));
    assertThat(tag[3]).isEqualTo((byte) 4);
    assertThat(Id3v2.parse(tag).with(GENRE, List.of())).isEmpty();
    assertThat(Id3v2.none().with(GENRE, List.of())).isEmpty();
  }
}
