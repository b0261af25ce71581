package tonearm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tonearm.cli.TagReport.Status;
import tonearm.provenance.PathText;
import tonearm.tags.TagField;
import tonearm.tags.TagJournal;
import tonearm.tags.TagState;
import tonearm.tags.TagUndo;
import tonearm.tags.TagUndo.Plan;
import tonearm.tags.TagWriter;
import tonearm.terminal.Interruption;

/**
 * {@code tonearm tag --undo}: puts back what was there.
 *
 * @param journal where changes were noted
 * @param paths files, and folders with all that is in them; none for everything
 * @param field of which field alone, or null for any
 * @param since how far back, or null for the newest change of each file and field
 */
record UndoRun(
    Path journal,
    List<Path> paths,
    @Nullable TagField field,
    @Nullable String since,
    boolean write,
    boolean preserveTimes) {
  /**
   * Does it, or with {@code write} false shows it.
   *
   * @param follower told of every change
   * @return the exit status
   */
  int run(TagOutput output, IndexFollower follower) throws IOException {
    if (!Files.exists(journal)) {
      throw new IOException(journal + ": no such journal: nothing was changed that it knows of");
    }
    List<Path> wanted = new ArrayList<>();
    for (Path path : paths) {
      wanted.add(Files.exists(path) ? path.toRealPath() : path.toAbsolutePath().normalize());
    }
    List<Plan> plans =
        TagUndo.plan(
                journal,
                file -> wanted.isEmpty() || wanted.stream().anyMatch(file::startsWith),
                since == null ? null : instant(since))
            .stream()
            .filter(plan -> field == null || plan.entry().field().equalsIgnoreCase(field.name()))
            .toList();
    // Ctrl-C interrupts this thread; a file that is being written must not notice.
    ExecutorService hand = Executors.newSingleThreadExecutor();
    try (TagJournal open = write ? TagJournal.open(journal) : null) {
      TagWriter writer = open == null ? null : new TagWriter(open, preserveTimes);
      for (Plan plan : plans) {
        if (Interruption.isStopping()) {
          break;
        }
        output.print(TagRun.result(hand.submit(() -> undo(plan, writer, follower))));
      }
      long files = plans.stream().map(plan -> plan.entry().path()).distinct().count();
      // Each is of one field of a file.
      String what = files == plans.size() ? "file" : "tag";
      return output.finish(plans.size(), what, follower.isBehind(), "");
    } finally {
      TagRun.end(hand);
    }
  }

  private static TagReport undo(Plan plan, @Nullable TagWriter writer, IndexFollower follower) {
    Status status =
        switch (plan.outcome()) {
          case CHANGE -> writer == null ? Status.PLANNED : Status.WRITTEN;
          case NEVER_MADE -> Status.NEVER_MADE;
          case LEFT, FAILED -> Status.ERROR;
        };
    String error = plan.reason();
    String warning = null;
    if (writer != null && status == Status.WRITTEN) {
      try {
        warning = follower.follow(TagUndo.apply(plan, writer));
      } catch (IOException e) {
        status = Status.ERROR;
        error = TagOutput.cause(e, plan.entry().path());
      }
    }
    TagState state = plan.state();
    TagReport report =
        new TagReport(
            PathText.path(plan.entry().path()).toString(),
            status,
            plan.entry().field(),
            state == null ? null : state.values(),
            state == null ? null : status == Status.ERROR ? state.values() : plan.values(),
            null,
            null,
            null,
            error);
    return report.withWarning(warning);
  }

  private static Instant instant(String time) {
    try {
      if (time.length() <= 10) {
        return LocalDate.parse(time).atStartOfDay(ZoneId.systemDefault()).toInstant();
      }
      boolean zoned = time.matches(".*(Z|[+-]\\d\\d:?\\d\\d)");
      return zoned && time.indexOf('T') > 0
          ? OffsetDateTime.parse(time).toInstant()
          : LocalDateTime.parse(time).atZone(ZoneId.systemDefault()).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "--since must be a day or time such as 2026-11-24 or 2026-11-24T18:30, not " + time, e);
    }
  }
}
