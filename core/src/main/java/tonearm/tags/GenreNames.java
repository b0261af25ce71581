package tonearm.tags;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The numbered genres of ID3v1, 0 to 79, and Winamp's additions up to 191. */
final class GenreNames {
  private static final List<String> NAMES =
      List.of(
          ("Blues|Classic Rock|Country|Dance|Disco|Funk|Grunge|Hip-Hop|Jazz|Metal|New Age|Oldies|"
                  + "Other|Pop|R&B|Rap|Reggae|Rock|Techno|Industrial|Alternative|Ska|Death Metal|"
                  + "Pranks|Soundtrack|Euro-Techno|Ambient|Trip-Hop|Vocal|Jazz+Funk|Fusion|Trance|"
                  + "Classical|Instrumental|Acid|House|Game|Sound Clip|Gospel|Noise|Alt. Rock|Bass|"
                  + "Soul|Punk|Space|Meditative|Instrumental Pop|Instrumental Rock|Ethnic|Gothic|"
                  + "Darkwave|Techno-Industrial|Electronic|Pop-Folk|Eurodance|Dream|Southern Rock|"
                  + "Comedy|Cult|Gangsta Rap|Top 40|Christian Rap|Pop/Funk|Jungle|Native American|"
                  + "Cabaret|New Wave|Psychedelic|Rave|Showtunes|Trailer|Lo-Fi|Tribal|Acid Punk|"
                  + "Acid Jazz|Polka|Retro|Musical|Rock & Roll|Hard Rock|Folk|Folk-Rock|"
                  + "National Folk|Swing|Fast-Fusion|Bebop|Latin|Revival|Celtic|Bluegrass|"
                  + "Avantgarde|Gothic Rock|Progressive Rock|Psychedelic Rock|Symphonic Rock|"
                  + "Slow Rock|Big Band|Chorus|Easy Listening|Acoustic|Humour|Speech|Chanson|Opera|"
                  + "Chamber Music|Sonata|Symphony|Booty Bass|Primus|Porn Groove|Satire|Slow Jam|"
                  + "Club|Tango|Samba|Folklore|Ballad|Power Ballad|Rhythmic Soul|Freestyle|Duet|"
                  + "Punk Rock|Drum Solo|A Cappella|Euro-House|Dance Hall|Goa|Drum & Bass|"
                  + "Club-House|Hardcore|Terror|Indie|BritPop|Afro-Punk|Polsk Punk|Beat|"
                  + "Christian Gangsta Rap|Heavy Metal|Black Metal|Crossover|"
                  + "Contemporary Christian|Christian Rock|Merengue|Salsa|Thrash Metal|Anime|JPop|"
                  + "Synthpop|Abstract|Art Rock|Baroque|Bhangra|Big Beat|Breakbeat|Chillout|"
                  + "Downtempo|Dub|EBM|Eclectic|Electro|Electroclash|Emo|Experimental|Garage|"
                  + "Global|IDM|Illbient|Industro-Goth|Jam Band|Krautrock|Leftfield|Lounge|"
                  + "Math Rock|New Romantic|Nu-Breakz|Post-Punk|Post-Rock|Psytrance|Shoegaze|"
                  + "Space Rock|Trop Rock|World Music|Neoclassical|Audiobook|Audio Theatre|"
                  + "Neue Deutsche Welle|Podcast|Indie Rock|G-Funk|Dubstep|Garage Rock|Psybient")
              .split("\\|"));

  /** References of ID3v2.3, one after another at the beginning: {@code (51)(39)}. */
  private static final Pattern REFERENCE = Pattern.compile("\\((\\d{1,3}|RX|CR)\\)");

  private GenreNames() {}

  /** The name of a number, or null if it has none. */
  static @Nullable String of(int number) {
    return number >= 0 && number < NAMES.size() ? NAMES.get(number) : null;
  }

  /**
   * What an ID3 genre means: {@code (17)} and {@code 17} are Rock, {@code (4)Eurodisco} is Disco
   * and Eurodisco, {@code ((x)} is the text {@code (x)}, and all else is what it says.
   */
  static List<String> meant(String text) {
    List<String> names = new ArrayList<>();
    if (text.matches("\\d{1,3}|RX|CR")) {
      return List.of(referred(text));
    }
    Matcher reference = REFERENCE.matcher(text);
    int at = 0;
    while (reference.find(at) && reference.start() == at) {
      names.add(referred(reference.group(1)));
      at = reference.end();
    }
    String rest = text.substring(at);
    if (rest.startsWith("((")) {
      rest = rest.substring(1);
    }
    rest = rest.strip();
    if (!rest.isEmpty() && !contains(names, rest)) {
      names.add(rest);
    }
    return names;
  }

  /** Whether a name is among others, whatever its case. */
  static boolean contains(List<String> names, String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return names.stream().anyMatch(n -> n.toLowerCase(Locale.ROOT).equals(wanted));
  }

  private static String referred(String reference) {
    String name =
        switch (reference) {
          case "RX" -> "Remix";
          case "CR" -> "Cover";
          default -> of(Integer.parseInt(reference));
        };
    return name == null ? reference : name;
  }
}
