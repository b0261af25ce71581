/**
 * Fits a network to a prepared dataset: loss, optimiser, checkpoints, the run folder. Never sees
 * {@code infer}.
 */
@NullMarked
package tonearm.train;

import org.jspecify.annotations.NullMarked;
