/**
 * From samples to the pictures a network sees: feature configurations, the front end, spectrograms,
 * clips and their augmentation. No datasets, no LibTorch.
 */
@NullMarked
package tonearm.features;

import org.jspecify.annotations.NullMarked;
