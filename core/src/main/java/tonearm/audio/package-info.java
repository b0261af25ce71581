/**
 * Any local audio file to mono samples, as a stream. The only room that knows FFmpeg; no features,
 * no genres.
 */
@NullMarked
package tonearm.audio;

import org.jspecify.annotations.NullMarked;
