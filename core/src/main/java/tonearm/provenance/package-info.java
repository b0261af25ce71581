/**
 * Where an artefact comes from and how it is put down: digests, versions, machine, seeds, strict
 * JSON, files moved into place. Imports nothing of Tonearm, so that every other room may use it;
 * nothing about music may enter.
 */
@NullMarked
package tonearm.provenance;

import org.jspecify.annotations.NullMarked;
