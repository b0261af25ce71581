package tonearm.tags;

import java.io.IOException;

/**
 * A file whose tags cannot be read or changed. The message names the cause for the person who owns
 * the file and does not repeat the path.
 */
public final class TagException extends IOException {
  public TagException(String message) {
    super(message);
  }
}
