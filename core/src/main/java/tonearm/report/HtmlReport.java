package tonearm.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tonearm.eval.Evaluation;
import tonearm.eval.Interval;
import tonearm.eval.Metrics;
import tonearm.eval.RunMetrics;
import tonearm.model.NetworkGraph;
import tonearm.model.NetworkGraph.Node;
import tonearm.model.NetworkGraph.Weight;

/** The page of a report: one file, its figures in it, nothing fetched from anywhere. */
final class HtmlReport {
  private static final String STYLE =
      """
      body { font: 16px/1.5 'DejaVu Sans', Verdana, sans-serif; color: #222; background: #fff;
        max-width: 1040px; margin: 2em auto; padding: 0 1em; }
      h1 { font-size: 1.6em; } h2 { font-size: 1.25em; margin-top: 2.2em; }
      figure { margin: 1.5em 0 2.5em; } figure svg { width: 100%; height: auto; display: block; }
      figcaption { font-size: .9em; color: #444; margin-top: .6em; }
      .wide { overflow-x: auto; }
      table { border-collapse: collapse; font-size: .85em; margin: 1em 0; }
      th, td { padding: .25em .7em; border-bottom: 1px solid #ddd; text-align: right; }
      th:first-child, td:first-child { text-align: left; } thead th { border-bottom-color: #666; }
      """;

  private final RunFolder run;
  private final NetworkGraph graph;
  private final @Nullable RunMetrics metrics;
  private final @Nullable EpochTable history;
  private final @Nullable MeanSpectrograms means;
  private final List<Figure> figures;
  private final List<String> missing;
  private final StringBuilder text = new StringBuilder();

  HtmlReport(
      RunFolder run,
      NetworkGraph graph,
      @Nullable RunMetrics metrics,
      @Nullable EpochTable history,
      @Nullable MeanSpectrograms means,
      List<Figure> figures,
      List<String> missing) {
    this.run = run;
    this.graph = graph;
    this.metrics = metrics;
    this.history = history;
    this.means = means;
    this.figures = figures;
    this.missing = missing;
  }

  String text() {
    String title = "Run of " + run.model().architecture();
    text.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<title>")
        .append(Markup.escaped(title))
        .append("</title>\n")
        .append("<style>\n")
        .append(STYLE)
        .append("</style>\n</head>\n<body>\n");
    element("h1", title);
    facts();
    if (metrics != null) {
      scores(metrics);
    }
    heading("Figures");
    figures.forEach(this::figure);
    if (!missing.isEmpty()) {
      heading("Not made");
      text.append("<ul>\n");
      missing.forEach(line -> element("li", line));
      text.append("</ul>\n");
    }
    if (metrics != null) {
      genres("training", metrics.train());
      genres("validation", metrics.valid());
      genres("test", metrics.test());
    }
    if (means != null) {
      nearest(means);
    }
    if (history != null) {
      epochs(history);
    }
    layers();
    return text.append("</body>\n</html>\n").toString();
  }

  private void facts() {
    JsonNode description = run.description();
    JsonNode training = description.path("training");
    JsonNode provenance = description.path("provenance");
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "network",
            "%s, %,d parameters, input %s"
                .formatted(run.model().architecture(), graph.parameters(), graph.inputShape())));
    rows.add(List.of("genres", String.join(", ", run.genres())));
    rows.add(List.of("tracks", ModelCard.division(description)));
    rows.add(
        List.of(
            "recipe",
            "%s epochs, batches of %s, learning rate %s, L2 %s, dropout %s, clips of %s s, seed %s, %s"
                .formatted(
                    training.path("epochs").asText(),
                    training.path("batch_size").asText(),
                    training.path("learning_rate").asText(),
                    training.path("l2").asText(),
                    run.model().dropout(),
                    Scale.label(run.clipSeconds()),
                    training.path("seed").asText(),
                    training.path("precision").asText().toLowerCase(Locale.ROOT))));
    rows.add(List.of("features", run.features().name()));
    rows.add(
        List.of(
            "made",
            "%s, Tonearm %s, Java %s, %s"
                .formatted(
                    provenance.path("created").asText(),
                    provenance.path("tonearm_version").asText(),
                    provenance.path("java_version").asText(),
                    provenance.path("machine").path("cpu").asText())));
    rows.add(
        List.of(
            "data, split",
            description.path("data_digest").asText().replaceFirst("(?<=.{12}).*", "…")
                + ", "
                + description.path("split_digest").asText().replaceFirst("(?<=.{12}).*", "…")));
    text.append("<div class=\"wide\"><table class=\"facts\"><tbody>\n");
    for (List<String> row : rows) {
      text.append("<tr><th scope=\"row\">")
          .append(Markup.escaped(row.get(0)))
          .append("</th><td style=\"text-align:left\">")
          .append(Markup.escaped(row.get(1)))
          .append("</td></tr>\n");
    }
    text.append("</tbody></table></div>\n");
  }

  private void scores(RunMetrics run) {
    heading("How often it is right");
    List<List<String>> rows = new ArrayList<>();
    addScores(rows, "training", run.train());
    addScores(rows, "validation", run.valid());
    addScores(rows, "test", run.test());
    table(
        List.of(
            "tracks", "level", "count", "accuracy", "95 % interval", "macro F1", "95 % interval"),
        rows);
    element("p", "Intervals by bootstrap over tracks.");
  }

  private static void addScores(
      List<List<String>> rows, String side, @Nullable Evaluation evaluation) {
    if (evaluation != null) {
      rows.add(score(side, "clips", evaluation.clips()));
      rows.add(score(side, "tracks, mean of their clips", evaluation.tracks()));
      rows.add(score(side, "tracks, vote of their clips", evaluation.tracksMajorityVote()));
    }
  }

  private static List<String> score(String side, String level, Metrics m) {
    return List.of(
        side,
        level,
        Integer.toString(m.count()),
        percent(m.accuracy()),
        interval(m.accuracyInterval(), 100, "%.1f to %.1f %%"),
        decimals(m.macroF1()),
        interval(m.macroF1Interval(), 1, "%.3f to %.3f"));
  }

  private void figure(Figure figure) {
    text.append("<figure id=\"").append(Markup.escaped(figure.name())).append("\">\n");
    String svg = figure.toSvg();
    text.append(svg, svg.indexOf("<svg "), svg.length());
    text.append("<figcaption><strong>")
        .append(Markup.escaped(figure.title()))
        .append(".</strong> ")
        .append(Markup.escaped(figure.caption()))
        .append("</figcaption>\n</figure>\n");
  }

  private void genres(String side, @Nullable Evaluation evaluation) {
    if (evaluation == null) {
      return;
    }
    heading("By genre, " + side + " clips");
    ScoreFigures.Side clips = new ScoreFigures.Side(side, evaluation.clips().confusion());
    List<List<String>> rows = new ArrayList<>();
    List<String> genres = evaluation.genres();
    for (int g = 0; g < genres.size(); g++) {
      Metrics.OfGenre of = evaluation.clips().perGenre().get(genres.get(g));
      if (of != null) {
        rows.add(
            List.of(
                genres.get(g),
                decimals(of.precision()),
                decimals(of.recall()),
                decimals(of.f1()),
                decimals(clips.accuracy(g)),
                Integer.toString(of.support())));
      }
    }
    table(List.of("genre", "precision", "recall", "F1", "accuracy", "clips"), rows);
  }

  private void nearest(MeanSpectrograms all) {
    heading("Nearest genres by mean spectrogram");
    List<List<String>> rows = new ArrayList<>();
    for (String genre : all.names()) {
      List<String> others = all.nearest(genre);
      List<String> row = new ArrayList<>(List.of(genre));
      for (int i = 0; i < 3; i++) {
        row.add(
            i < others.size()
                ? others.get(i) + " " + decimals(all.distance(genre, others.get(i)))
                : "");
      }
      rows.add(row);
    }
    table(List.of("genre", "nearest", "second", "third"), rows);
  }

  private void epochs(EpochTable table) {
    heading("Epochs");
    List<String> columns =
        table.columns().keySet().stream().filter(c -> table.column(c).length > 0).toList();
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < table.epochs().length; i++) {
      List<String> row = new ArrayList<>();
      for (String column : columns) {
        double value = table.column(column)[i];
        row.add(Double.isFinite(value) ? Scale.label(value) : "");
      }
      rows.add(row);
    }
    table(columns.stream().map(c -> c.replace('_', ' ')).toList(), rows);
  }

  private void layers() {
    heading("Layers");
    List<List<String>> rows = new ArrayList<>();
    for (Node node : graph.nodes()) {
      long parameters = graph.weightsOf(node).stream().mapToLong(Weight::size).sum();
      rows.add(
          List.of(
              node.name(),
              LayerKind.describe(node.layer()),
              node.shape().toString(),
              String.format(Locale.ROOT, "%,d", parameters)));
    }
    rows.add(List.of("sum", "", "", String.format(Locale.ROOT, "%,d", graph.parameters())));
    table(List.of("layer", "what", "output", "parameters"), rows);
  }

  private void table(List<String> header, List<List<String>> rows) {
    text.append("<div class=\"wide\"><table>\n<thead><tr>");
    header.forEach(cell -> element("th", cell));
    text.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      text.append("<tr>");
      row.forEach(cell -> element("td", cell));
      text.append("</tr>\n");
    }
    text.append("</tbody></table></div>\n");
  }

  private void heading(String title) {
    element("h2", title);
    text.append('\n');
  }

  private void element(String tag, String content) {
    text.append('<').append(tag).append('>').append(Markup.escaped(content));
    text.append("</").append(tag).append('>');
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static String interval(@Nullable Interval interval, double factor, String format) {
    return interval == null
        ? ""
        : String.format(Locale.ROOT, format, factor * interval.low(), factor * interval.high());
  }
}
