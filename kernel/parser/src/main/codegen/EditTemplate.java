import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Build step: copies Calcite's parser template with the edits of {@code edits.txt} applied, and our
 * configuration and productions beside it. An edit that matches another number of times than it
 * says fails the build, so that a new Calcite can't change the grammar unseen.
 *
 * <p>Edits, one after the other, lines starting with {@code #} are comments:
 *
 * <pre>
 * cut NAME                   removes the production NAME, which the includes define anew
 * replace N                  replaces exactly N occurrences of the text up to the line "with"
 * old text                   by the text up to the line "end"
 * with
 * new text
 * end
 * </pre>
 */
final class EditTemplate {
  public static void main(String[] args) throws IOException {
    Path calcite = Path.of(args[0]);
    Path own = Path.of(args[1]);
    Path target = Path.of(args[2]);
    String text = Files.readString(calcite.resolve("templates/Parser.jj"));
    List<String> lines = Files.readAllLines(own.resolve("edits.txt"));
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split(" ");
      if (words[0].equals("cut")) {
        text = cut(text, words[1]);
      } else if (words[0].equals("replace")) {
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        for (i++; !lines.get(i).equals("with"); i++) {
          before.add(lines.get(i));
        }
        for (i++; !lines.get(i).equals("end"); i++) {
          after.add(lines.get(i));
        }
        text =
            replace(
                text,
                Integer.parseInt(words[1]),
                String.join("\n", before),
                String.join("\n", after));
      } else {
        throw new IllegalStateException("edits.txt line " + (i + 1) + ": " + line);
      }
    }
    write(target.resolve("templates/Parser.jj"), text);
    write(target.resolve("config.fmpp"), Files.readString(own.resolve("config.fmpp")));
    write(
        target.resolve("default_config.fmpp"),
        Files.readString(calcite.resolve("default_config.fmpp")));
    try (var includes = Files.list(own.resolve("includes"))) {
      for (Path include : includes.toList()) {
        write(
            target.resolve("includes").resolve(include.getFileName().toString()),
            Files.readString(include));
      }
    }
  }

  /** A file that stays the same keeps its time, so that the steps after this one are skipped. */
  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.writeString(file, text);
    }
  }

  private static String replace(String text, int expected, String before, String after) {
    int count = 0;
    for (int i = text.indexOf(before); i >= 0; i = text.indexOf(before, i + before.length())) {
      count++;
    }
    require(count == expected, "replace", before, expected, count);
    return text.replace(before, after);
  }

  private static String cut(String text, String name) {
    Pattern production =
        Pattern.compile(
            "(?ms)^[A-Za-z][^\\n(]*\\b"
                + name
                + "\\([^)]*\\) *:\\s*?(?:\\{\\}|\\{$.*?^\\})\\s*?^(?:\\{$.*?^\\})\\n");
    Matcher matcher = production.matcher(text);
    int count = 0;
    StringBuilder rest = new StringBuilder();
    int from = 0;
    while (matcher.find()) {
      count++;
      rest.append(text, from, matcher.start());
      from = matcher.end();
    }
    require(count == 1, "cut", name, 1, count);
    return rest.append(text.substring(from)).toString();
  }

  private static void require(boolean ok, String edit, String what, int expected, int count) {
    if (!ok) {
      throw new IllegalStateException(
          "%s matched %d times, expected %d: %s".formatted(edit, count, expected, what));
    }
  }
}
