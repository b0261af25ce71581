/**
 * What {@code tonearm bench} measures: speed, start and memory of Tonearm on the machine at hand,
 * things that are compared in turn.
 */
@NullMarked
package tonearm.bench;

import org.jspecify.annotations.NullMarked;
