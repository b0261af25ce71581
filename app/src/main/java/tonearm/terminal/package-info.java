/**
 * The terminal that a person sits at: words and numbers as it shows them, progress, Ctrl-C. It
 * knows nothing of music.
 */
@NullMarked
package tonearm.terminal;

import org.jspecify.annotations.NullMarked;
