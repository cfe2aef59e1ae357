import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Build step: exempts what JavaCC generated from the lint that all other code is held to, class by
 * class, because the compiler's switches hold for a whole module.
 */
final class QuietGenerated {
  private static final String QUIET =
      "@SuppressWarnings({\"cast\", \"fallthrough\", \"finally\", \"rawtypes\", \"serial\","
          + " \"static\", \"strictfp\", \"this-escape\", \"unchecked\", \"overloads\","
          + " \"deprecation\", \"dep-ann\", \"dangling-doc-comments\", \"removal\", \"divzero\","
          + " \"empty\", \"lossy-conversions\"})\n";

  public static void main(String[] args) throws IOException {
    int classes = 0;
    List<Path> files;
    try (var walk = Files.walk(Path.of(args[0]))) {
      files = walk.filter(f -> f.toString().endsWith(".java")).toList();
    }
    for (Path file : files) {
      String text = Files.readString(file);
      classes++;
      if (text.contains(QUIET)) {
        continue;
      }
      String quiet = text.replaceFirst("(?m)^(public )?(final )?(class|interface) ", QUIET + "$0");
      if (quiet.equals(text)) {
        throw new IllegalStateException("no type found in " + file);
      }
      Files.writeString(file, quiet);
    }
    if (classes < 6) {
      throw new IllegalStateException("JavaCC wrote " + classes + " files, expected 6 or more");
    }
  }
}
