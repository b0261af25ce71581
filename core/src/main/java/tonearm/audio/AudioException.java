package tonearm.audio;

import java.io.IOException;

/**
 * A file that cannot be heard. The message names the cause for the person who owns the file and
 * does not repeat the path: the caller says which file it was.
 */
public final class AudioException extends IOException {
  public AudioException(String message) {
    super(message);
  }
}
