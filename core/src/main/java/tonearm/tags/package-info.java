/**
 * Genre tags in the files themselves: reading them, changing them so that nothing else changes, and
 * taking that back. Bytes in, bytes out: what a genre is and how sure a model is of it is decided
 * elsewhere. No network and no decoder here; FFmpeg is asked, through {@code tonearm.audio}, only
 * whether a new file still holds the same sound as the old one.
 */
@NullMarked
package tonearm.tags;

import org.jspecify.annotations.NullMarked;
