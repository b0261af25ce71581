package tonearm.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Prediction;
import tonearm.library.LibraryIndex.FileState;
import tonearm.library.LibraryIndex.KnownFile;
import tonearm.library.LibraryIndex.Stored;
import tonearm.provenance.Digest;

/**
 * Answers for files, in their order: from the index where it knows them, heard where it does not.
 * What is heard is stored on the way.
 *
 * <ul>
 *   <li>Same path, size and time of modification: the content is taken to be the same and is not
 *       read. Anything else is read once for its SHA-256.
 *   <li>A content that was answered before, under whatever path, is not heard again. This is how
 *       moved, copied and touched files are known.
 *   <li>A content that could not be heard stays a failure with its reason, time-outs included,
 *       until it changes or the user asks.
 *   <li>A file that could not be read is listed with its reason but tried again each time: what is
 *       in the way, such as a permission, is not in the file, and trying costs next to nothing.
 *   <li>A file that changed while it was heard is answered but not stored.
 * </ul>
 *
 * <p>Memory: what the ears have in hand.
 */
public final class Librarian {
  /** A file that is asked about. */
  public interface Song {
    /** The file, as the user named it. */
    Path path();

    /**
     * Looks into the index, and into the file if need be. To be asked once, before the file is
     * heard; by several threads for several songs at once, which is the place to read many files.
     *
     * @return the answer, if the file need not be heard; it is then handed on as if it had been
     *     heard. Null if it must be heard
     */
    @Nullable Prediction known();
  }

  /** Who hears what the index does not know; not called if there is nothing to hear. */
  @FunctionalInterface
  public interface Ears {
    /**
     * Asks each song whether it is known, hears it if it is not, and tells each answer, until there
     * are no more. The answers go on in the order in which they are told.
     *
     * @param songs taken as they are needed, from any thread but one at a time
     */
    void hear(Iterator<Song> songs, Heard heard) throws IOException, InterruptedException;
  }

  /** Takes what was heard or known; called by one thread at a time. */
  @FunctionalInterface
  public interface Heard {
    /**
     * One answer.
     *
     * @param embedding of the sound; null if there is no answer or it was known
     */
    void take(Song song, Prediction prediction, float @Nullable [] embedding) throws IOException;
  }

  /** Where an answer comes from. */
  public enum Source {
    /** The index knew it, or a copy was heard in this run. */
    INDEX,
    /** The file was heard, or tried. */
    HEARD,
    /** The index knew that this file cannot be heard. */
    KNOWN_FAILURE,
    /** The request had a problem: it was not even tried. */
    REFUSED
  }

  /** A file to answer. Whoever asks may hang on it what they need when the answer comes. */
  public interface Request {
    /** As the user named it; the answer's path. */
    Path path();

    /**
     * Why it cannot be tried, or need not be; null if it is to be answered. Asked once, before the
     * index and the file are looked into, on the thread that would hear the file: the place to look
     * at something else in it.
     */
    @Nullable String problem();
  }

  /** Takes answers. */
  @FunctionalInterface
  public interface Sink<R extends Request> {
    /**
     * One answer, in the order of the requests if the ears keep it.
     *
     * @param prediction an error with the problem of a request that has one
     */
    void take(R request, Prediction prediction, Source source) throws IOException;
  }

  /**
   * What is to be heard although the index knows it.
   *
   * @param failures files that could not be heard
   * @param answers files that have an answer; implies {@code failures}
   * @param clips whether the answers must tell of clips, which the index does not keep; as {@code
   *     answers}, but known failures stay so
   */
  public record Again(boolean failures, boolean answers, boolean clips) {
    /** Nothing. */
    public static final Again NOTHING = new Again(false, false, false);
  }

  private static final String COPY_CHANGED = "its copy changed while it was heard; run again";

  /** How long to wait until the content of an earlier file of the same size is known. */
  private static final long PATIENCE_S = 60;

  private final WorkingIndex index;
  private final Hearing hearing;
  private final Again again;
  private final Instant started = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  /** The last song of each size, and the song that is heard for each content. */
  private final Map<Long, Question> lastOfSize = new HashMap<>();

  private final Map<String, Question> inHand = new HashMap<>();

  /**
   * @param index null to hear everything and store nothing; stays open, closed by the caller
   * @param onIndexFailure told once if the index fails on the way: the rest is heard and not stored
   */
  public Librarian(
      @Nullable LibraryIndex index, Hearing hearing, Again again, Consumer<String> onIndexFailure) {
    this.index = new WorkingIndex(index, onIndexFailure);
    this.hearing = hearing;
    this.again = again;
  }

  /**
   * Answers every request.
   *
   * @param stop asked before each request is taken up; those in hand are finished
   * @throws IOException if the ears or the sink throw it
   */
  public <R extends Request> void answer(
      Iterator<? extends R> requests, Ears ears, Sink<? super R> sink, BooleanSupplier stop)
      throws IOException, InterruptedException {
    Questions<R> questions = new Questions<>(requests, sink, stop);
    // What is known at the first glance goes straight out: where nothing is new, nobody need hear.
    while (questions.hasNext()) {
      Question question = questions.peek();
      Prediction answer = question.atFirstGlance();
      if (answer == null) {
        break;
      }
      questions.next();
      question.reply.take(answer, question.source);
    }
    if (questions.hasNext()) {
      ears.hear(questions, this::emit);
    }
    index.use(LibraryIndex::dropOrphans);
  }

  /** Requests as questions, made as they are asked for. */
  private final class Questions<R extends Request> implements Iterator<Song> {
    private final Iterator<? extends R> requests;
    private final Sink<? super R> sink;
    private final BooleanSupplier stop;
    private @Nullable Question next;

    Questions(Iterator<? extends R> requests, Sink<? super R> sink, BooleanSupplier stop) {
      this.requests = requests;
      this.sink = sink;
      this.stop = stop;
    }

    @Override
    public boolean hasNext() {
      if (next == null && !stop.getAsBoolean() && requests.hasNext()) {
        R request = requests.next();
        next = new Question(request, (answer, source) -> sink.take(request, answer, source));
      }
      return next != null;
    }

    Question peek() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException();
      }
      return next;
    }

    @Override
    public Song next() {
      Question question = peek();
      next = null;
      return question;
    }
  }

  /** Where the answer to one request goes. */
  @FunctionalInterface
  private interface Reply {
    void take(Prediction answer, Source source) throws IOException;
  }

  /** A request on its way. */
  private final class Question implements Song {
    private final Request request;
    private final Reply reply;
    private final Path path;
    private final @Nullable FileState state;
    private boolean isAsked;

    /** An earlier song of the same size, so perhaps the same content; null if there is none. */
    private @Nullable Question before;

    private final CountDownLatch identified = new CountDownLatch(1);
    private @Nullable String sha256;
    private @Nullable Question copyOf;
    private @Nullable Prediction answer;
    private Source source = Source.HEARD;

    /** Copies whose turn came before this one was answered. */
    private final List<Question> copies = new ArrayList<>();

    private boolean isOver;

    Question(Request request, Reply reply) {
      this.request = request;
      this.reply = reply;
      path = request.path();
      state = index.isThere() ? regularState(path) : null;
      Question earlier = null;
      if (state != null) {
        synchronized (Librarian.this) {
          earlier = lastOfSize.put(state.sizeBytes(), this);
        }
      }
      before = earlier;
    }

    @Override
    public Path path() {
      return path;
    }

    /** What is known without looking into the file; null if it must be looked into or heard. */
    @Nullable Prediction atFirstGlance() {
      String problem = isAsked ? null : request.problem();
      isAsked = true;
      if (problem != null) {
        answer = Prediction.error(path.toString(), problem);
        source = Source.REFUSED;
      } else if (answer == null && state != null) {
        KnownFile file = index.find(open -> open.file(path));
        if (file != null && file.state().equals(state)) {
          sha256 = file.sha256();
        }
        answer = stored();
      }
      if (answer != null) {
        over();
      }
      return answer;
    }

    @Override
    public @Nullable Prediction known() {
      try {
        if (answer == null && atFirstGlance() == null && state != null) {
          awaitEarlier();
          identify(state);
          // First in hand, then the index: an answer goes into the index before it leaves the hand.
          copyOf = takeInHand();
          if (copyOf != null) {
            source = Source.INDEX;
            // In its place until its turn comes, when the song it is a copy of was answered.
            return Prediction.error(path.toString(), COPY_CHANGED);
          }
          answer = stored();
        }
        return answer;
      } finally {
        identified.countDown();
      }
    }

    private void awaitEarlier() {
      Question earlier = before;
      before = null; // else a chain of all songs of one size would stay in memory
      try {
        if (earlier != null && !earlier.identified.await(PATIENCE_S, TimeUnit.SECONDS)) {
          return; // it hangs; at worst one content is heard twice
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Finds out the content; it stays unknown if the file cannot be read. */
    private void identify(FileState known) {
      if (sha256 != null) {
        return;
      }
      try {
        String digest = Digest.ofFile(path);
        sha256 = digest;
        index.use(open -> open.putFile(path, known, digest));
      } catch (IOException e) {
        // Whoever hears it will say why.
      }
    }

    private @Nullable Prediction stored() {
      String content = sha256;
      Stored stored =
          content == null
              ? null
              : index.find(open -> open.answer(hearing, content, path.toString()));
      if (stored == null) {
        return null;
      }
      boolean failed = stored.prediction().status() == Prediction.Status.ERROR;
      boolean wantedAgain = again.answers() || (failed ? again.failures() : again.clips());
      // Of copies, one is enough.
      boolean heardInThisRun = !again.clips() && !stored.analysedAt().isBefore(started);
      if (wantedAgain && !heardInThisRun) {
        return null;
      }
      source = failed && !heardInThisRun ? Source.KNOWN_FAILURE : Source.INDEX;
      return stored.prediction();
    }

    /** The earlier song that is being heard for this content; null if this one is to be. */
    private @Nullable Question takeInHand() {
      synchronized (Librarian.this) {
        return sha256 == null ? null : inHand.putIfAbsent(sha256, this);
      }
    }

    /** No later song need look at this one any more. */
    private void over() {
      isOver = true;
      before = null;
      identified.countDown();
      synchronized (Librarian.this) {
        if (state != null) {
          lastOfSize.remove(state.sizeBytes(), this);
        }
        if (sha256 != null) {
          inHand.remove(sha256, this);
        }
      }
    }
  }

  private void emit(Song song, Prediction said, float @Nullable [] embedding) throws IOException {
    Question question = (Question) song;
    Question original = question.copyOf;
    if (original != null && !original.isOver) {
      // Answers come in any order, and this one has overtaken the one it waits for.
      original.copies.add(question);
      return;
    }
    Prediction answer = said;
    if (original != null) {
      answer = original.answer == null ? said : original.answer.withPath(question.path.toString());
    } else if (question.answer == null) {
      FileState state = question.state;
      if (state != null && state.equals(regularState(question.path))) {
        question.answer = said;
        store(question, state, said, embedding);
      }
    }
    question.over();
    question.reply.take(answer, question.source);
    for (Question copy : question.copies) {
      emit(copy, Prediction.error(copy.path.toString(), COPY_CHANGED), null);
    }
  }

  private void store(
      Question question, FileState state, Prediction said, float @Nullable [] embedding) {
    String sha256 = question.sha256;
    String trouble = said.error();
    if (sha256 != null) {
      index.use(open -> open.putAnswer(hearing, sha256, said, embedding));
    } else if (trouble != null) {
      index.use(open -> open.putTrouble(question.path, state, trouble));
    }
  }

  /** The state of a file; null if it is none, or cannot be looked at. */
  private static @Nullable FileState regularState(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return attributes.isRegularFile() ? FileState.of(attributes) : null;
    } catch (IOException e) {
      return null;
    }
  }
}
