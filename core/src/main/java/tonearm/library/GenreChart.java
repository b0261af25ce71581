package tonearm.library;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.Styler;
import tonearm.provenance.AtomicFiles;

/**
 * The distribution of genres as a picture: a bar a genre, its sure answers below, in the two ends
 * of one hue, so that it reads the same with any colour vision and in print.
 */
public final class GenreChart {
  /** Okabe and Ito's blue, and a light tint of it. */
  private static final Color SURE = new Color(0x00, 0x72, 0xB2);

  private static final Color UNSURE = new Color(0xA6, 0xCE, 0xE3);
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 560;

  private GenreChart() {}

  /** Whether a file name says which picture is wanted: {@code .png} or {@code .svg}. */
  public static boolean isPicture(Path file) {
    return isSvg(file) || name(file).endsWith(".png");
  }

  private static boolean isSvg(Path file) {
    return name(file).endsWith(".svg");
  }

  private static String name(Path file) {
    return file.toString().toLowerCase(Locale.ROOT);
  }

  /**
   * Draws a library.
   *
   * @param stats at least one genre
   * @param file where to, as its name ends: {@code .png} or {@code .svg}
   */
  public static void write(LibraryStats stats, Path file) throws IOException {
    if (!isPicture(file)) {
      throw new IllegalArgumentException("a picture ends with .png or .svg, not " + file);
    }
    if (stats.genres().isEmpty()) {
      throw new IOException("there are no songs to draw");
    }
    CategoryChart chart = chart(stats);
    String format = isSvg(file) ? "svg" : "png";
    AtomicFiles.write(file, out -> ChartEncoder.saveChart(chart, out, format));
  }

  private static CategoryChart chart(LibraryStats stats) {
    List<String> names = new ArrayList<>();
    List<Long> sure = new ArrayList<>();
    List<Long> unsure = new ArrayList<>();
    for (LibraryStats.OfGenre genre : stats.genres()) {
      names.add(genre.genre());
      sure.add(genre.sure());
      unsure.add(genre.songs() - genre.sure());
    }
    String title =
        String.format(Locale.ROOT, "%,d songs by genre, %,.1f hours", stats.songs(), stats.hours());
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("genre")
            .yAxisTitle("songs")
            .build();
    chart
        .getStyler()
        .setStacked(true)
        .setAvailableSpaceFill(0.75)
        .setLegendPosition(Styler.LegendPosition.InsideNE)
        .setLegendBorderColor(Color.WHITE)
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 16))
        .setAntiAlias(true);
    chart.getStyler().setPlotGridVerticalLinesVisible(false);
    chart.getStyler().setXAxisLabelRotation(names.size() > 10 ? 45 : 0);
    chart.getStyler().setYAxisDecimalPattern("#,##0");
    chart.getStyler().setYAxisMin(0.0);
    int percent = (int) Math.round(100 * LibraryStats.SURE);
    chart.addSeries("confidence " + percent + " % or more", names, sure).setFillColor(SURE);
    chart.addSeries("less sure", names, unsure).setFillColor(UNSURE);
    return chart;
  }
}
