/**
 * Where an artefact comes from: digests, versions, machine, seeds. Imports nothing of Tonearm, so
 * that every other room may carry it.
 */
@NullMarked
package tonearm.provenance;

import org.jspecify.annotations.NullMarked;
