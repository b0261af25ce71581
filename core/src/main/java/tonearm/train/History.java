package tonearm.train;

import static java.lang.Double.NaN;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tonearm.provenance.AtomicFiles;

/** {@code history.csv}: one {@link EpochRecord} a row. */
public final class History {
  /** Its name in a run folder. */
  public static final String FILE = "history.csv";

  private static final CsvMapper CSV =
      CsvMapper.csvBuilder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(com.fasterxml.jackson.databind.MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          // A history may be older than a column: what it does not tell is unknown, not 0.
          .disable(CsvParser.Feature.FAIL_ON_MISSING_HEADER_COLUMNS)
          .addModule(
              new SimpleModule()
                  .addDeserializer(
                      double.class, new NumberDeserializers.DoubleDeserializer(double.class, NaN)))
          .build();

  private static final CsvSchema SCHEMA =
      CSV.schemaFor(EpochRecord.class).withHeader().withColumnReordering(true);

  private History() {}

  /**
   * Reads a run's history; empty if it has none yet.
   *
   * @throws IOException if it cannot be read or is no history; the message names the file
   */
  public static List<EpochRecord> read(Path run) throws IOException {
    Path file = run.resolve(FILE);
    if (!Files.exists(file)) {
      return List.of();
    }
    try (MappingIterator<EpochRecord> rows =
        CSV.readerFor(EpochRecord.class).with(SCHEMA).readValues(file.toFile())) {
      return List.copyOf(rows.readAll());
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is damaged: " + e.getOriginalMessage(), e);
    } catch (RuntimeJsonMappingException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  /** Writes a history, moved into place. */
  static void write(Path run, List<EpochRecord> records) throws IOException {
    List<EpochRecord> rows = new ArrayList<>(records);
    AtomicFiles.write(
        run.resolve(FILE),
        out ->
            CSV.writerFor(EpochRecord.class).with(SCHEMA).writeValues(out).writeAll(rows).flush());
  }
}
