/** From a run folder to tables, figures and model cards. Loads no model. */
@NullMarked
package tonearm.report;

import org.jspecify.annotations.NullMarked;
