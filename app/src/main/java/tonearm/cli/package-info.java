/**
 * The command line: words in, words out. Results on stdout, everything else on stderr; no decision
 * about music is taken here.
 */
@NullMarked
package tonearm.cli;

import org.jspecify.annotations.NullMarked;
