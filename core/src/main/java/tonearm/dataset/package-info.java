/** Tracks, prepared datasets, splits and the stream of training clips. No LibTorch, no scores. */
@NullMarked
package tonearm.dataset;

import org.jspecify.annotations.NullMarked;
