/**
 * The index of a music library: what was heard of which file, in one SQLite file, so that a second
 * run touches only what changed. Answers belong to a content (SHA-256) and files point to contents;
 * so moves, copies and touched files need no rule of their own. No FFmpeg, no LibTorch: who hears
 * is handed in ({@link tonearm.library.Librarian.Ears}).
 */
@NullMarked
package tonearm.library;

import org.jspecify.annotations.NullMarked;
