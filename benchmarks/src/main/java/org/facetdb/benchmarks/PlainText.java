package org.facetdb.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The text of a documentation file without its markup: plain, HTML or a manual page, gzipped or
 * not. Stateless.
 */
final class PlainText {
  private static final Set<String> PLAIN =
      Set.of("", "txt", "md", "rst", "info", "pod", "texi", "README", "NEWS", "Debian");
  private static final Pattern NOT_SHOWN =
      Pattern.compile("<(script|style|head)\\b.*?</\\1\\s*>|<!--.*?-->", flags());
  private static final Pattern TAG = Pattern.compile("<[^<>]*>", flags());
  private static final Pattern MACRO = Pattern.compile("(?m)^[.'](?:\\\\\".*|\\S*)");
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:f\\[[^]]*]|f\\(..|f.|\\*?\\(..|[&/,%|^])");
  private static final int FILE_BYTES_MAX = 64 << 20;

  private PlainText() {}

  private static int flags() {
    return Pattern.DOTALL | Pattern.CASE_INSENSITIVE;
  }

  /** The text of a file; null where its name or its bytes say that it is something else. */
  static @Nullable String read(Path file) throws IOException {
    String name = file.getFileName().toString();
    boolean zipped = name.endsWith(".gz");
    String inner = zipped ? name.substring(0, name.length() - 3) : name;
    String extension = extension(inner);
    boolean html = extension.equals("html") || extension.equals("htm");
    boolean manual = extension.matches("[1-8][a-z]*");
    if (!html && !manual && !PLAIN.contains(extension)) {
      return null;
    }
    byte[] bytes = bytes(file, zipped);
    if (bytes == null) {
      return null;
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    return html ? withoutTags(text) : manual ? withoutMacros(text) : text;
  }

  private static String extension(String name) {
    String numbered = name.replaceFirst("\\.info-\\d+$", ".info");
    int dot = numbered.lastIndexOf('.');
    return dot < 0 ? "" : numbered.substring(dot + 1);
  }

  private static byte @Nullable [] bytes(Path file, boolean zipped) throws IOException {
    if (Files.size(file) > FILE_BYTES_MAX) {
      return null;
    }
    byte[] bytes = Files.readAllBytes(file);
    if (zipped) {
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        bytes = in.readNBytes(FILE_BYTES_MAX);
      } catch (ZipException notZipped) {
        return null;
      }
    }
    for (byte value : bytes) {
      if (value == 0) {
        return null;
      }
    }
    return bytes;
  }

  /** What a browser shows of HTML, about. */
  static String withoutTags(String html) {
    String text = TAG.matcher(NOT_SHOWN.matcher(html).replaceAll(" ")).replaceAll(" ");
    return text.replace("&nbsp;", " ")
        .replace("&#160;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }

  /** What a terminal shows of a manual page, about. */
  static String withoutMacros(String roff) {
    String text = ESCAPE.matcher(MACRO.matcher(roff).replaceAll("")).replaceAll("");
    return text.replace("\\-", "-").replace("\\e", "\\");
  }
}
