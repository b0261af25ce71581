package tonearm.report;

import java.awt.Color;

/**
 * The colours of all figures, chosen so that people with any colour vision can tell them apart:
 * Okabe &amp; Ito's eight for kinds of things ("Color Universal Design", 2008), and scales that
 * grow evenly in lightness for amounts.
 */
final class Palette {
  static final Color BLACK = new Color(0x222222);
  static final Color GREY = new Color(0x666666);
  static final Color PALE = new Color(0xDDDDDD);
  static final Color FAINT = new Color(0xF2F2F2);
  static final Color WHITE = Color.WHITE;

  static final Color ORANGE = new Color(0xE69F00);
  static final Color SKY = new Color(0x56B4E9);
  static final Color GREEN = new Color(0x009E73);
  static final Color YELLOW = new Color(0xF0E442);
  static final Color BLUE = new Color(0x0072B2);
  static final Color VERMILION = new Color(0xD55E00);
  static final Color PURPLE = new Color(0xCC79A7);

  /** What speaks for something, and what against it. */
  static final Color FOR = VERMILION;

  static final Color AGAINST = BLUE;

  private static final Color[] SERIES = {BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK, GREY};

  /** Viridis, by van der Walt &amp; Smith for matplotlib (CC0), at every eighth of its length. */
  private static final int[] VIRIDIS = {
    0x440154, 0x472C7A, 0x3B518B, 0x2C718E, 0x21908D, 0x27AD81, 0x5CC863, 0xAADC32, 0xFDE725
  };

  /** White to dark blue; text on it is black below the middle and white above. */
  private static final int[] BLUES = {0xFFFFFF, 0xC6DBEF, 0x6BAED6, 0x2171B5, 0x08306B};

  private static final int[] INKS = {0xFFFFFF, 0xF0F0F0, 0xCDCDCD, 0x8C8C8C, 0x2A2A2A};

  private Palette() {}

  /** The colour of the {@code index}-th line or bar, from 0; they repeat after eight. */
  static Color series(int index) {
    return SERIES[index % SERIES.length];
  }

  /** An amount from 0 (dark violet) to 1 (yellow); beyond these the colour stays. */
  static Color viridis(double amount) {
    return between(VIRIDIS, amount);
  }

  /** An amount from 0 (white) to 1 (dark blue). */
  static Color blues(double amount) {
    return between(BLUES, amount);
  }

  /**
   * An amount from 0 (white) to 1 (dark grey), light in the middle: what lies under other colours.
   */
  static Color ink(double amount) {
    return between(INKS, amount);
  }

  /** An amount from -1 ({@link #AGAINST}) over 0 (white) to 1 ({@link #FOR}). */
  static Color balance(double amount) {
    return mix(Color.WHITE, amount < 0 ? AGAINST : FOR, Math.min(1, Math.abs(amount)));
  }

  /** Black or white, whichever can be read on the colour. */
  static Color textOn(Color background) {
    double light =
        0.299 * background.getRed() + 0.587 * background.getGreen() + 0.114 * background.getBlue();
    return light < 140 ? WHITE : BLACK;
  }

  /** A colour moved towards white (1) or, below 0, towards black (-1). */
  static Color lighter(Color colour, double by) {
    return mix(colour, by < 0 ? Color.BLACK : Color.WHITE, Math.abs(by));
  }

  private static Color between(int[] stops, double amount) {
    double at = Math.min(1, Math.max(0, amount)) * (stops.length - 1);
    int from = Math.min((int) at, stops.length - 2);
    return mix(new Color(stops[from]), new Color(stops[from + 1]), at - from);
  }

  /** One colour with so much of another, 0 to 1. */
  static Color mix(Color a, Color b, double part) {
    return new Color(
        (int) Math.round(a.getRed() + part * (b.getRed() - a.getRed())),
        (int) Math.round(a.getGreen() + part * (b.getGreen() - a.getGreen())),
        (int) Math.round(a.getBlue() + part * (b.getBlue() - a.getBlue())));
  }
}
