package tonearm.report;

import java.awt.Color;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** A figure's SVG, taken apart: what is written in it and what is drawn. */
final class Svg {
  private final Document document;

  private Svg(Document document) {
    this.document = document;
  }

  /** A filled rectangle. */
  record Rect(double x, double y, double width, double height, String style) {}

  /** A text and where it begins. */
  record Text(String text, double x, double y, String style) {}

  static Svg of(Figure figure) {
    return parsed(figure.toSvg());
  }

  static Svg parsed(String svg) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
      return new Svg(factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg))));
    } catch (Exception e) {
      throw new AssertionError("not well-formed: " + e.getMessage(), e);
    }
  }

  private List<Element> all(String tag) {
    NodeList nodes = document.getElementsByTagName(tag);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  int count(String tag) {
    return all(tag).size();
  }

  List<Text> texts() {
    return all("text").stream()
        .map(e -> new Text(e.getTextContent(), at(e, "x"), at(e, "y"), e.getAttribute("style")))
        .toList();
  }

  List<String> words() {
    return texts().stream().map(Text::text).toList();
  }

  String content(String tag) {
    return all(tag).get(0).getTextContent();
  }

  String attribute(String name) {
    return document.getDocumentElement().getAttribute(name);
  }

  /** Rectangles filled with a colour. */
  List<Rect> rects(Color fill) {
    return filled("rect", fill).stream()
        .map(
            e ->
                new Rect(
                    at(e, "x"),
                    at(e, "y"),
                    at(e, "width"),
                    at(e, "height"),
                    e.getAttribute("style")))
        .toList();
  }

  /** Dots of a colour. */
  int dots(Color fill) {
    return filled("ellipse", fill).size() + filled("circle", fill).size();
  }

  /** Dashed lines of a colour. */
  long dashed(Color stroke) {
    return List.of("path", "polyline", "line").stream()
        .flatMap(tag -> all(tag).stream())
        .map(e -> e.getAttribute("style"))
        .filter(style -> style.contains("stroke:" + rgb(stroke)))
        .filter(style -> style.contains("stroke-dasharray:"))
        .count();
  }

  private List<Element> filled(String tag, Color fill) {
    return all(tag).stream()
        .filter(e -> e.getAttribute("style").contains("fill:" + rgb(fill)))
        .toList();
  }

  private static String rgb(Color c) {
    return "rgb(%d,%d,%d)".formatted(c.getRed(), c.getGreen(), c.getBlue());
  }

  private static double at(Element element, String name) {
    String value = element.getAttribute(name);
    return value.isEmpty() ? 0 : Double.parseDouble(value);
  }
}
