/**
 * Signal processing on arrays: arrays in, arrays out. No files, no audio formats, no Tonearm types.
 */
@NullMarked
package tonearm.dsp;

import org.jspecify.annotations.NullMarked;
