/**
 * From a run folder to tables, figures and model cards. Looks at networks as graphs and at sound as
 * pictures; loads no model and trains nothing, so a report can be made again from a run's small
 * files alone.
 */
@NullMarked
package tonearm.report;

import org.jspecify.annotations.NullMarked;
