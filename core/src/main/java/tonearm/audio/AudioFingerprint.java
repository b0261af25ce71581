package tonearm.audio;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;
import static org.bytedeco.ffmpeg.global.avutil.AV_DICT_IGNORE_SUFFIX;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_get;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVChapter;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * What a file holds as FFmpeg sees it: every packet of every stream as it lies there, cover
 * pictures included, and all the tags that FFmpeg knows. Nothing is decoded. Two files with the
 * same fingerprint sound alike to the last bit. Memory does not grow with the file's length.
 *
 * @param format FFmpeg's name of the container, such as {@code mp3}
 * @param streams a line for each stream: codec, number of packets, SHA-256 of its set-up and of its
 *     packets with their times
 * @param tags by name in lower case, those of a stream or chapter after {@code stream 0:} or {@code
 *     chapter 0:}
 */
public record AudioFingerprint(String format, List<String> streams, Map<String, String> tags) {
  public AudioFingerprint {
    streams = List.copyOf(streams);
    tags = Map.copyOf(tags);
  }

  /**
   * Reads a file to its end.
   *
   * @param file a local regular file, or a link to one
   * @throws AudioException if it is none that FFmpeg can read; the message says why
   */
  public static AudioFingerprint of(Path file) throws IOException {
    FileBytes bytes = AudioDecoder.openBytes(file);
    try {
      AVFormatContext format = Container.open(bytes);
      try {
        List<String> streams = readStreams(bytes, format);
        return new AudioFingerprint(format.iformat().name().getString(), streams, readTags(format));
      } finally {
        avformat_close_input(format);
      }
    } finally {
      bytes.close();
    }
  }

  /**
   * What is not the same in another file, in words.
   *
   * @param ignoredTags names of tags that may differ, in lower case
   * @return null if all is the same
   */
  public @Nullable String difference(AudioFingerprint other, Set<String> ignoredTags) {
    if (!format.equals(other.format)) {
      return "its format would be taken for " + other.format + ", not " + format;
    }
    if (!streams.equals(other.streams)) {
      return "its sound or pictures would not be the same";
    }
    Map<String, String> mine = without(ignoredTags);
    Map<String, String> others = other.without(ignoredTags);
    for (String name : mine.keySet()) {
      if (!mine.get(name).equals(others.remove(name))) {
        return "its tag \"" + name + "\" would change too";
      }
    }
    return others.isEmpty() ? null : "it would get the tag \"" + others.keySet() + "\" too";
  }

  private Map<String, String> without(Set<String> names) {
    Map<String, String> rest = new TreeMap<>(tags);
    rest.keySet().removeIf(name -> names.contains(name.substring(name.indexOf(':') + 1)));
    return rest;
  }

  private static List<String> readStreams(FileBytes bytes, AVFormatContext format)
      throws AudioException {
    List<MessageDigest> digests = new ArrayList<>();
    List<Long> counts = new ArrayList<>();
    String end = "";
    AVPacket packet = av_packet_alloc();
    try {
      int failures = 0;
      for (long packets = 0; ; packets++) {
        if (packets > FrameSource.FREE_PACKETS + bytes.size()) {
          throw new AudioException("damaged: reading it does not end");
        }
        int error = av_read_frame(format, packet);
        if (bytes.failure() != null) {
          throw new AudioException("the file cannot be read on: " + bytes.failure());
        }
        if (error == AVERROR_EAGAIN()
            || (error == AVERROR_INVALIDDATA && failures++ < FrameSource.MAX_FAILURES)) {
          continue;
        }
        if (error < 0) {
          // A damaged file ends early, but with the same error each time.
          end = error == AVERROR_EOF ? "" : ", " + Ffmpeg.describe(error);
          break;
        }
        int index = packet.stream_index();
        while (digests.size() <= index) {
          digests.add(sha256());
          counts.add(0L);
        }
        update(digests.get(index), packet);
        counts.set(index, counts.get(index) + 1);
        av_packet_unref(packet);
      }
    } finally {
      av_packet_free(packet);
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < format.nb_streams(); i++) {
      MessageDigest setUp = sha256();
      AVStream stream = format.streams(i);
      update(setUp, stream.codecpar().extradata(), stream.codecpar().extradata_size());
      lines.add(
          "%s, %d packets, %s, %s%s"
              .formatted(
                  avcodec_get_name(stream.codecpar().codec_id()).getString(),
                  i < counts.size() ? counts.get(i) : 0,
                  hex(setUp),
                  i < digests.size() ? hex(digests.get(i)) : "none",
                  end));
    }
    return lines;
  }

  private static void update(MessageDigest digest, AVPacket packet) {
    ByteBuffer head = ByteBuffer.allocate(3 * Long.BYTES);
    head.putLong(packet.pts()).putLong(packet.duration()).putLong(packet.size());
    digest.update(head.flip());
    update(digest, packet.data(), packet.size());
  }

  private static void update(MessageDigest digest, @Nullable BytePointer data, int size) {
    if (data != null && !data.isNull() && size > 0) {
      digest.update(data.capacity(size).asByteBuffer());
    }
  }

  private static Map<String, String> readTags(AVFormatContext format) {
    Map<String, String> tags = new TreeMap<>();
    addTags(tags, "", format.metadata());
    for (int i = 0; i < format.nb_streams(); i++) {
      addTags(tags, "stream " + i + ":", format.streams(i).metadata());
    }
    for (int i = 0; i < format.nb_chapters(); i++) {
      AVChapter chapter = format.chapters(i);
      String prefix = "chapter " + i + ":";
      tags.put(prefix + "span", chapter.start() + " to " + chapter.end());
      addTags(tags, prefix, chapter.metadata());
    }
    return tags;
  }

  private static void addTags(
      Map<String, String> tags, String prefix, @Nullable AVDictionary dictionary) {
    if (dictionary == null || dictionary.isNull()) {
      return;
    }
    AVDictionaryEntry entry = null;
    while ((entry = av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX)) != null) {
      String name = text(entry.key()).toLowerCase(Locale.ROOT);
      tags.merge(prefix + name, text(entry.value()), (a, b) -> a + "\n" + b);
    }
  }

  private static String text(BytePointer pointer) {
    return new String(pointer.getStringBytes(), StandardCharsets.UTF_8);
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
