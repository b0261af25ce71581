/**
 * File to answer: decode, features, network, prediction. The one path that every front door calls.
 * Never sees {@code train}.
 */
@NullMarked
package tonearm.infer;

import org.jspecify.annotations.NullMarked;
