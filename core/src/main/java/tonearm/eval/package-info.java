/**
 * Predictions and what they are worth: metrics, confusion, bootstrap intervals. Plain numbers; no
 * model enters.
 */
@NullMarked
package tonearm.eval;

import org.jspecify.annotations.NullMarked;
