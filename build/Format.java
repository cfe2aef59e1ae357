import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks ({@code check}) or mends ({@code apply}) the format of every Java file below a folder,
 * target folders left out. A single-file program of the build, run by the newest JDK at hand.
 */
public final class Format {
  public static void main(String[] arguments) throws Exception {
    boolean apply = arguments[0].equals("apply");
    List<Path> files;
    try (var walk = Files.walk(Path.of(arguments[1]))) {
      files =
          walk.filter(path -> path.toString().endsWith(".java"))
              .filter(path -> !path.toString().contains("/target/"))
              .toList();
    }
    Formatter formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    List<Path> wrong = new ArrayList<>();
    for (Path file : files) {
      String source = Files.readString(file);
      String ordered =
          ImportOrderer.reorderImports(
              RemoveUnusedImports.removeUnusedImports(source), JavaFormatterOptions.Style.GOOGLE);
      String formatted = formatter.formatSource(ordered);
      if (!formatted.equals(source)) {
        wrong.add(file);
        if (apply) {
          Files.writeString(file, formatted);
        }
      }
    }
    System.out.println(
        "format " + arguments[0] + ": files=" + files.size() + " differing=" + wrong.size());
    if (!apply && !wrong.isEmpty()) {
      wrong.forEach(file -> System.err.println("  not formatted: " + file));
      System.err.println("mend them with: mvn verify -N -Dfacetdb.format=apply");
      System.exit(1);
    }
  }
}
