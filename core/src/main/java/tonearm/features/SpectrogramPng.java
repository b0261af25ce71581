package tonearm.features;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import tonearm.provenance.AtomicFiles;

/**
 * Spectrograms as 8-bit grey PNG pictures, the form in which the archive and prepared datasets keep
 * them: one pixel a value, the top row the highest frequency, the first column the earliest.
 */
public final class SpectrogramPng {
  static {
    // Otherwise ImageIO copies every picture through a file in the temporary folder.
    ImageIO.setUseCache(false);
  }

  private SpectrogramPng() {}

  /**
   * The levels that a picture's black and white stand for.
   *
   * @param dbMin level of pixel 0, in dB
   * @param dbMax level of pixel 255, in dB; {@code dbMin} if the spectrogram is constant
   */
  public record Range(float dbMin, float dbMax) {}

  /**
   * Writes a picture, whole or not at all, see {@link AtomicFiles}.
   *
   * @param spectrogram finite levels of a whole track, {@linkplain FrontEnd#floored floored} if
   *     they are raw; pixel = round(255 * (dB - min) / (max - min)) with min and max taken over all
   *     of them, 0 everywhere if they are all the same
   * @param png file to write; replaced if it is there; missing folders are made
   * @return the range, which the picture itself does not keep
   * @throws IllegalArgumentException if a level is not finite
   * @throws IOException if the file cannot be written
   */
  public static Range write(Spectrogram spectrogram, Path png) throws IOException {
    Range range = range(spectrogram);
    BufferedImage image = image(spectrogram, range);
    AtomicFiles.write(
        png,
        file -> {
          if (!ImageIO.write(image, "png", file)) {
            throw new IOException("this Java has no writer of grey PNG pictures");
          }
        });
    return range;
  }

  /**
   * Reads a picture that {@link #write} made, or one of the archive's.
   *
   * @param png file to read
   * @return the pixels, 0 to 255, row 0 the lowest frequency
   * @throws IOException if there is no such file, it is no PNG or broken, or it is not 8-bit grey
   *     (colour, palette, transparency, 16 bits); the message names the file and the reason
   */
  public static Spectrogram read(Path png) throws IOException {
    Raster raster = raster(png);
    int frames = raster.getWidth();
    int bins = raster.getHeight();
    byte[] pixels = ((DataBufferByte) raster.getDataBuffer()).getData();
    float[] values = new float[bins * frames];
    for (int bin = 0; bin < bins; bin++) {
      int from = (bins - 1 - bin) * frames;
      int to = bin * frames;
      for (int frame = 0; frame < frames; frame++) {
        values[to + frame] = pixels[from + frame] & 0xFF;
      }
    }
    return new Spectrogram(values, bins, frames);
  }

  /**
   * How many frames a picture has; reads only its beginning.
   *
   * @throws IOException if there is no such file or it is no PNG; the message names the file
   */
  public static int frames(Path png) throws IOException {
    return with(png, reader -> reader.getWidth(0));
  }

  private static Raster raster(Path png) throws IOException {
    BufferedImage image = with(png, reader -> reader.read(0));
    if (image.getType() != BufferedImage.TYPE_BYTE_GRAY) {
      throw new IOException("not a spectrogram: " + png + " is a PNG, but not an 8-bit grey one");
    }
    return image.getRaster();
  }

  private interface Reading<T> {
    T from(ImageReader reader) throws IOException;
  }

  private static <T> T with(Path png, Reading<T> reading) throws IOException {
    try (InputStream file = Files.newInputStream(png);
        ImageInputStream input = new MemoryCacheImageInputStream(file)) {
      Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
      ImageReader reader = readers.next();
      try {
        reader.setInput(input, true, true);
        return reading.from(reader);
      } catch (IIOException | RuntimeException e) {
        // The JDK's reader answers some broken files with unchecked exceptions.
        throw new IOException("not a readable PNG: " + png + " (" + e.getMessage() + ")", e);
      } finally {
        reader.dispose();
      }
    }
  }

  private static Range range(Spectrogram spectrogram) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float level : spectrogram.values()) {
      if (!Float.isFinite(level)) {
        throw new IllegalArgumentException("a level of " + level + " cannot be drawn");
      }
      min = Math.min(min, level);
      max = Math.max(max, level);
    }
    return new Range(min, max);
  }

  private static BufferedImage image(Spectrogram spectrogram, Range range) {
    int bins = spectrogram.bins();
    int frames = spectrogram.frames();
    BufferedImage image = new BufferedImage(frames, bins, BufferedImage.TYPE_BYTE_GRAY);
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    double span = (double) range.dbMax() - range.dbMin();
    for (int bin = 0; bin < bins; bin++) {
      int row = (bins - 1 - bin) * frames;
      for (int frame = 0; frame < frames; frame++) {
        double level = (double) spectrogram.at(bin, frame) - range.dbMin();
        pixels[row + frame] = span > 0 ? (byte) Math.round(255 * level / span) : 0;
      }
    }
    return image;
  }
}
