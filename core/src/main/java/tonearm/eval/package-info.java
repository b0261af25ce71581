/**
 * Predictions and what they are worth: metrics, confusion, bootstrap intervals. Plain numbers; no
 * model enters.
 *
 * <p>Genres are numbered 0, 1, ... in the order of a list of names that travels with the numbers.
 * Where a single genre must be chosen, it is the one of highest probability, of equal ones the
 * first in that list.
 */
@NullMarked
package tonearm.eval;

import org.jspecify.annotations.NullMarked;
