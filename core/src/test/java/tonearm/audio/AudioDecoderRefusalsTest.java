package tonearm.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be heard is refused, with the reason. */
@Timeout(60)
class AudioDecoderRefusalsTest {
  @TempDir Path folder;

  @Test
  void namesWhatIsNoFile() throws IOException, InterruptedException {
    assertRefused(folder.resolve("nothing.mp3"), "no such file");
    assertRefused(folder, "a folder, not a file");
    assertRefused(write("empty.mp3", new byte[0]), "the file is empty (0 bytes)");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("gone"));
    assertRefused(link, "no such file");
    assertRefused(Path.of("http://127.0.0.1:9/song.mp3"), "no such file");
    if (Files.exists(Path.of("/dev/zero"))) {
      assertRefused(Path.of("/dev/zero"), "not a regular file");
    }
  }

  @Test
  void aPipeIsNotWaitedFor() throws IOException, InterruptedException {
    Path mkfifo = Path.of("/usr/bin/mkfifo");
    assumeTrue(Files.isExecutable(mkfifo));
    Path pipe = folder.resolve("pipe.wav");
    new ProcessBuilder(mkfifo.toString(), pipe.toString()).start().waitFor(10, TimeUnit.SECONDS);
    assertRefused(pipe, "not a regular file");
  }

  @Test
  void aForbiddenFile() throws IOException {
    Path file = write("secret.wav", new byte[100]);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "the superuser may read everything");
    assertRefused(file, "permission denied");
  }

  @Test
  void textInAnyEncoding() throws IOException {
    String prose = "Ein schöner Text über Musik. ".repeat(300);
    for (Charset charset : new Charset[] {StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1}) {
      assertRefused(write("t.mp3", prose.getBytes(charset)), "no audio stream: the file is text");
    }
    byte[] utf16 = ("\uFEFF" + prose).getBytes(StandardCharsets.UTF_16LE);
    assertRefused(write("t.mp3", utf16), "no audio stream: the file is text");
    assertRefused(text("j.mp3", "音楽のジャンル。".repeat(999)), "no audio stream: the file is text");
    assertRefused(text("short.mp3", "x"), "no audio stream: the file is text");
    assertRefused(text("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nHi\n\n"), "the file is text");
    assertRefused(text("page.mp3", "<!DOCTYPE html><html>404</html>"), "the file is text");
  }

  @Test
  void playlistsDoNotReachFurtherFiles() throws IOException {
    Path song = folder.resolve("song.wav");
    TestAudio.write(song, TestFormat.WAV_S16, 8000, TestAudio.tone(440, 1, 8000));
    String playlist = "no audio stream: the file is a playlist";
    assertRefused(text("list.ffconcat", "ffconcat version 1.0\nfile song.wav\n"), playlist);
    assertRefused(
        text("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n" + song + "\n"),
        playlist);
    assertRefused(text("list.pls", "[playlist]\nFile1=" + song + "\n"), playlist);
    String dash = "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"></MPD>";
    assertRefused(text("list.mpd", dash), "the file is text");
    assertRefused(text("s.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n"), "text");
  }

  @Test
  void noAddressIsEverCalled() throws IOException {
    AtomicInteger calls = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          calls.incrementAndGet();
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    try {
      String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/song.wav";
      assertRefused(Path.of(address), "no such file");
      // A byte that no text holds, so that FFmpeg gets to see the list at all.
      String list = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n" + address + "\n#\u0001\n";
      assertRefused(text("list.m3u8", list), "");
      String script = "ffconcat version 1.0\nfile " + address + "\n#\u0001\n";
      assertRefused(text("list.txt", script), "");
      String sdp = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n#\u0001\r\n";
      assertRefused(text("s.sdp", sdp), "");
      // A local folder may be called as an address begins; it is a folder all the same.
      Path odd = Files.createDirectories(folder.resolve("http:").resolve("127.0.0.1"));
      Path song = odd.resolve("song.wav");
      TestAudio.write(
          folder.resolve("s.wav"), TestFormat.WAV_S16, 8000, TestAudio.tone(440, 1, 8000));
      Files.copy(folder.resolve("s.wav"), song);
      assertThat(Heard.of(song).samples().length).isEqualTo(8000);
    } finally {
      server.stop(0);
    }
    assertThat(calls).hasValue(0);
  }

  @Test
  void filesOfOtherKinds() throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "png", png);
    assertRefused(write("cover.mp3", png.toByteArray()), "no audio stream: the file is a PNG");
    ByteArrayOutputStream gif = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "gif", gif);
    assertRefused(write("a.gif", gif.toByteArray()), "no audio stream: the file is a GIF");
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      out.putNextEntry(new ZipEntry("a.txt"));
      out.write(new byte[5000]);
      out.closeEntry();
    }
    assertRefused(write("a.zip", zip.toByteArray()), "the file is a ZIP archive");
    assertRefused(write("zeros.wav", new byte[100_000]), "not an audio format");
  }

  @Test
  void noiseIsNoFormat() throws IOException {
    for (int seed = 0; seed < 200; seed++) {
      byte[] bytes = new byte[1000 + 977 * seed];
      new Random(seed).nextBytes(bytes);
      Path file = write("noise.mp3", bytes);
      assertThatThrownBy(() -> Heard.of(file))
          .as("seed %d", seed)
          .isInstanceOf(AudioException.class);
    }
  }

  @Test
  void aHeaderWithoutSound() throws IOException {
    Path wav = folder.resolve("a.wav");
    TestAudio.write(wav, TestFormat.WAV_S16, 44100, new float[4]);
    byte[] bytes = Files.readAllBytes(wav);
    byte[] header = Arrays.copyOf(bytes, bytes.length - 8);
    assertRefused(write("header.wav", header), "the file holds no sound (0 samples)");
    ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putInt(header.length - 4, 0);
    assertRefused(write("zero.wav", header), "the file holds no sound (0 samples)");
    assertRefused(write("cut.wav", Arrays.copyOf(bytes, 20)), "");
  }

  @Test
  void aStreamNobodyCanDecode() throws IOException {
    Path wav = folder.resolve("a.wav");
    TestAudio.write(wav, TestFormat.WAV_S16, 44100, TestAudio.tone(440, 1, 44100));
    byte[] bytes = Files.readAllBytes(wav);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putShort(20, (short) 0x1234);
    assertRefused(write("unknown.wav", bytes), "no decoder for its audio");

    Path flac = folder.resolve("a.flac");
    TestAudio.write(flac, TestFormat.FLAC, 44100, TestAudio.noise(1, 2, 44100));
    byte[] broken = Files.readAllBytes(flac);
    // The header stays, every frame after it is noise.
    byte[] noise = new byte[broken.length - 9000];
    new Random(5).nextBytes(noise);
    System.arraycopy(noise, 0, broken, 9000, noise.length);
    Arrays.fill(broken, 100, 9000, (byte) 0x55);
    assertRefused(write("broken.flac", broken), "");
  }

  @Test
  void absurdRatesAreNamed() throws IOException {
    for (int rate : new int[] {1, 999, 3_072_001, Integer.MAX_VALUE}) {
      Path wav = folder.resolve("a.wav");
      TestAudio.write(wav, TestFormat.WAV_S16, 44100, TestAudio.tone(440, 1, 44100));
      byte[] bytes = Files.readAllBytes(wav);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(24, rate);
      Path file = write("rate.wav", bytes);
      assertThatThrownBy(() -> Heard.of(file, 22050))
          .isInstanceOf(AudioException.class)
          .hasMessage("its sample rate of " + rate + " Hz is outside 1000 to 3072000 Hz");
    }
  }

  @Test
  void ratesThatCannotBeAskedFor() {
    for (int rate : new int[] {-1, 0, 999, 768_001}) {
      assertThatThrownBy(() -> AudioDecoder.open(folder.resolve("a"), rate))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1000 to 768000, not " + rate);
      assertThatThrownBy(() -> AudioDecoder.resample(new Audio(new float[1], 8000), rate))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private Path text(String name, String content) throws IOException {
    return write(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static void assertRefused(Path file, String reason) {
    assertThatThrownBy(() -> Heard.of(file))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining(reason);
  }
}
