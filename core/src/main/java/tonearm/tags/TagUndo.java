package tonearm.tags;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tonearm.provenance.Digest;
import tonearm.provenance.PathText;
import tonearm.tags.TagJournal.Entry;
import tonearm.tags.TagJournal.State;

/**
 * Takes changes of tags back, by the journal. Of each file and field the newest change is taken
 * back; that is a change too and is noted as one, so that taking back twice makes the change again.
 * A file whose field no longer says what Tonearm wrote belongs to somebody else and is left.
 */
public final class TagUndo {
  /** What is to be done with a file. */
  public enum Outcome {
    /** The old values come back. */
    CHANGE,
    /** The change was never made: Tonearm was stopped before. */
    NEVER_MADE,
    /** The field says something else by now: left as it is. */
    LEFT,
    /** The file cannot be read. */
    FAILED
  }

  /**
   * What is to be done with a file.
   *
   * @param entry the change that is taken back
   * @param state the file as it is now; null if it cannot be read
   * @param values what the field is to say
   * @param reason why nothing is done, for a person; null if something is
   */
  public record Plan(
      Entry entry,
      Outcome outcome,
      @Nullable TagState state,
      List<String> values,
      @Nullable String reason) {
    public Plan {
      values = List.copyOf(values);
    }
  }

  private TagUndo() {}

  /**
   * What could be taken back.
   *
   * @param journal the journal's file
   * @param wanted which files, by their absolute paths
   * @param since if not null, all changes from then on are taken back, not only the newest
   * @return a plan for each file and field, in the order of the journal; and one for each change
   *     that was begun and never made
   */
  public static List<Plan> plan(Path journal, Predicate<Path> wanted, @Nullable Instant since)
      throws IOException {
    Map<List<String>, List<Map.Entry<Entry, State>>> byFile = new LinkedHashMap<>();
    for (Map.Entry<Entry, State> change : TagJournal.read(journal).entrySet()) {
      Entry entry = change.getKey();
      boolean early = since != null && Instant.parse(entry.time()).isBefore(since);
      if (change.getValue() != State.DROPPED
          && !early
          && wanted.test(PathText.path(entry.path()))) {
        byFile
            .computeIfAbsent(
                List.of(entry.path(), entry.field().toLowerCase(Locale.ROOT)),
                key -> new ArrayList<>())
            .add(change);
      }
    }
    List<Plan> plans = new ArrayList<>();
    for (List<Map.Entry<Entry, State>> changes : byFile.values()) {
      plans.addAll(plans(changes, since != null));
    }
    return plans;
  }

  private static Collection<Plan> plans(List<Map.Entry<Entry, State>> changes, boolean all) {
    List<Plan> plans = new ArrayList<>();
    Entry newest = changes.get(changes.size() - 1).getKey();
    TagState state;
    try {
      state = TagState.read(PathText.path(newest.path()), new TagField(newest.field()));
      for (int i = changes.size() - 1; i >= 0; i--) {
        Entry entry = changes.get(i).getKey();
        boolean begun = changes.get(i).getValue() == State.BEGUN;
        if (begun && Digest.ofFile(state.file()).equals(entry.sha256Before())) {
          plans.add(
              new Plan(
                  entry,
                  Outcome.NEVER_MADE,
                  state,
                  state.values(),
                  "a change that was begun was not made: Tonearm was stopped before"));
          continue;
        }
        List<String> old = all ? changes.get(0).getKey().before() : entry.before();
        boolean ours = state.values().equals(entry.after());
        if (ours && old.equals(state.values())) {
          break; // taken back already
        }
        plans.add(
            ours
                ? new Plan(entry, Outcome.CHANGE, state, old, null)
                : new Plan(
                    entry,
                    Outcome.LEFT,
                    state,
                    state.values(),
                    "left as it is: it says "
                        + said(state.values())
                        + ", not "
                        + said(entry.after())
                        + " as Tonearm wrote"));
        break;
      }
    } catch (IOException e) {
      plans.add(new Plan(newest, Outcome.FAILED, null, List.of(), String.valueOf(e.getMessage())));
    }
    return plans;
  }

  private static String said(List<String> values) {
    return values.isEmpty() ? "nothing" : String.join(", ", values);
  }

  /**
   * Takes a change back.
   *
   * @param plan of the outcome {@link Outcome#CHANGE}
   * @return what was made of the file
   * @throws IOException as {@link TagWriter#write(TagState, List)}
   */
  public static TagWriter.Written apply(Plan plan, TagWriter writer) throws IOException {
    TagState planned = plan.state();
    if (planned == null || plan.outcome() != Outcome.CHANGE) {
      throw new IllegalArgumentException("nothing to take back of " + plan.entry().path());
    }
    // Another field of the same file may have been taken back since.
    TagState now = TagState.read(planned.file(), planned.field());
    if (!now.values().equals(planned.values())) {
      throw new TagException("somebody else changed it meanwhile: not touched");
    }
    return writer.write(now, plan.values(), plan.entry());
  }
}
