/**
 * The command line: words in, words out. Results on stdout, everything else on stderr; no song's
 * answer is decided here. The studies that judge models and augmentations live here too.
 */
@NullMarked
package tonearm.cli;

import org.jspecify.annotations.NullMarked;
