/**
 * The networks and their bundles. LibTorch lives here, in {@code train} and in {@code infer}, and
 * nowhere else.
 */
@NullMarked
package tonearm.model;

import org.jspecify.annotations.NullMarked;
