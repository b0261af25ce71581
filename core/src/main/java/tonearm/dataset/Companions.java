package tonearm.dataset;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * What lies beside music in its folders: covers, playlists, texts. Nobody wants a line for each
 * that says that it is none. Only folders are read with this in mind; a file that is named is
 * always tried.
 */
public final class Companions {
  private static final Set<String> ENDINGS =
      Set.of(
          ("jpg jpeg png gif bmp webp tif tiff svg ico heic avif psd pdf doc docx odt rtf xls xlsx"
                  + " txt md csv tsv json jsonl xml yaml yml toml ini log nfo cue lrc srt html htm"
                  + " url lnk m3u m3u8 pls asx xspf wpl sfv md5 sha1 sha256 db zip gz tar rar 7z"
                  + " sqlite npy npz mat pkl py mf asd")
              .split(" "));

  private Companions() {}

  /** Whether the name's ending says that a file is something other than audio. */
  public static boolean isCompanion(Path file) {
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString();
    int dot = name.lastIndexOf('.');
    return dot >= 0 && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
