package org.facetdb.jdbc;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.facetdb.Database;
import org.facetdb.DatabaseOptions;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.Durability;
import org.jspecify.annotations.Nullable;

/**
 * A URL with its properties: {@code jdbc:facetdb:DIR} or {@code jdbc:facetdb:mem:NAME}, then, if
 * wanted, {@code
 * ?durability=none&memory=512MB&plugins=DIR&archive=DIR&compression=zstd&mmap=on&user=name}.
 * Properties given beside the URL hold over those within. An unknown one is refused: a misspelt
 * wish would go unnoticed.
 */
record ConnectionUrl(String url, String place, Properties properties) {
  static final String PREFIX = "jdbc:facetdb:";

  /** What may be given; pools always give a password, which is not looked at. */
  private static final Set<String> KNOWN =
      new TreeSet<>(
          Set.of(
              "archive",
              "compression",
              "durability",
              "memory",
              "mmap",
              "plugins",
              "user",
              "password"));

  private static final String MEMORY_PREFIX = "mem:";
  private static final Pattern GROUP =
      Pattern.compile("group\\(\\s*(\\d{1,9})\\s*(?:ms)?\\s*\\)", Pattern.CASE_INSENSITIVE);

  static ConnectionUrl parse(String url, @Nullable Properties given) throws SQLException {
    String rest = url.substring(PREFIX.length());
    Properties properties = new Properties();
    int question = rest.indexOf('?');
    if (question >= 0) {
      for (String pair : rest.substring(question + 1).split("&")) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
          throw SqlErrors.create("a property of the URL has no value: " + pair, "08001");
        }
        properties.setProperty(pair.substring(0, equals), pair.substring(equals + 1));
      }
      rest = rest.substring(0, question);
    }
    if (given != null) {
      given.stringPropertyNames().forEach(n -> properties.setProperty(n, given.getProperty(n)));
    }
    for (String name : properties.stringPropertyNames()) {
      if (!KNOWN.contains(name)) {
        throw SqlErrors.create(
            "unknown connection property \"%s\": there are %s"
                .formatted(name, String.join(", ", KNOWN)),
            "08001");
      }
    }
    if (rest.isEmpty()) {
      throw SqlErrors.create("the URL names no directory: " + url, "08001");
    }
    return new ConnectionUrl(url, rest, properties);
  }

  /**
   * Opens the database, or gives another handle on it where it is open in this process.
   *
   * @throws SQLException 08001 if the URL asks for what the open one doesn't have; also if it says
   *     nothing of durability, which is a wish for synced commits
   */
  Database open() throws SQLException {
    DatabaseOptions options = options();
    Database database = open(options);
    try {
      requireSame(options, database.options());
      return database;
    } catch (SQLException refusal) {
      database.close();
      throw refusal;
    }
  }

  private void requireSame(DatabaseOptions wanted, DatabaseOptions held) throws SQLException {
    if (!wanted.durability().equals(held.durability())) {
      throw differs("durability", text(wanted.durability()), text(held.durability()));
    }
    if (properties.containsKey("memory") && wanted.memoryBytes() != held.memoryBytes()) {
      throw differs("memory", wanted.memoryBytes() + "B", held.memoryBytes() + "B");
    }
    if (properties.containsKey("plugins")
        && !normalized(wanted.pluginFolders()).equals(normalized(held.pluginFolders()))) {
      throw differs("plugins", text(wanted.pluginFolders()), text(held.pluginFolders()));
    }
    BottomCompression compression = wanted.tables().bottom();
    if (properties.containsKey("compression") && compression != held.tables().bottom()) {
      throw differs("compression", text(compression), text(held.tables().bottom()));
    }
    boolean mapped = wanted.tables().mapped();
    if (properties.containsKey("mmap") && mapped != held.tables().mapped()) {
      throw differs("mmap", mapped ? "on" : "off", mapped ? "off" : "on");
    }
    List<Path> archive = archive(wanted);
    if (properties.containsKey("archive") && !archive.equals(archive(held))) {
      throw differs("archive", text(archive), text(archive(held)));
    }
  }

  private static List<Path> archive(DatabaseOptions options) {
    Path archive = options.archive();
    return archive == null ? List.of() : normalized(List.of(archive));
  }

  private SQLException differs(String property, String wanted, String held) {
    String said = properties.containsKey(property) ? "" : ", the default";
    return SqlErrors.create(
        "the database is open in this process with another %s: asked for %s%s, open with %s"
            .formatted(property, wanted, said, held.isEmpty() ? "none" : held),
        "08001");
  }

  private static String text(Durability durability) {
    return !durability.synced()
        ? "none"
        : durability.window().isZero() ? "sync" : "group(" + durability.window().toMillis() + "ms)";
  }

  private static String text(BottomCompression compression) {
    return compression.name().toLowerCase(Locale.ROOT);
  }

  private static List<Path> normalized(List<Path> folders) {
    return folders.stream().map(Path::toAbsolutePath).map(Path::normalize).toList();
  }

  private static String text(List<Path> folders) {
    return folders.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private Database open(DatabaseOptions options) throws SQLException {
    if (place.startsWith(MEMORY_PREFIX)) {
      if (options.archive() != null) {
        throw SqlErrors.create("a database in memory has no archive: " + url, "08001");
      }
      return Database.inMemory(place.substring(MEMORY_PREFIX.length()), options);
    }
    try {
      return Database.open(Path.of(place), options);
    } catch (InvalidPathException malformed) {
      throw SqlErrors.create("the URL names no directory: " + url, "08001", malformed);
    }
  }

  String principal() {
    return properties.getProperty("user", System.getProperty("user.name", "facetdb"));
  }

  private DatabaseOptions options() throws SQLException {
    DatabaseOptions options = DatabaseOptions.defaults();
    String durability = properties.getProperty("durability");
    if (durability != null) {
      options = options.withDurability(durability(durability));
    }
    String plugins = properties.getProperty("plugins");
    if (plugins != null) {
      options = options.withPluginFolders(folders(plugins));
    }
    String archive = properties.getProperty("archive");
    if (archive != null) {
      options = options.withArchive(folder("archive", archive));
    }
    String compression = properties.getProperty("compression");
    if (compression != null) {
      options = options.withTables(options.tables().withBottom(compression(compression)));
    }
    String mapped = properties.getProperty("mmap");
    if (mapped != null) {
      options = options.withTables(options.tables().withMapped(isOn(mapped)));
    }
    String memory = properties.getProperty("memory");
    return memory == null ? options : options.withMemoryBytes(bytes(memory));
  }

  private static List<Path> folders(String text) throws SQLException {
    List<Path> folders = new ArrayList<>();
    for (String folder : text.split(Pattern.quote(File.pathSeparator))) {
      folders.add(present(folder("plugins", folder)));
    }
    return folders;
  }

  private static Path present(Path folder) throws SQLException {
    if (!Files.isDirectory(folder)) {
      throw SqlErrors.create(
          Files.exists(folder)
              ? "plugins names what is no folder: " + folder
              : "plugins names a folder that does not exist: " + folder,
          "08001");
    }
    return folder;
  }

  private static Path folder(String property, String name) throws SQLException {
    try {
      return Path.of(name).toAbsolutePath().normalize();
    } catch (InvalidPathException malformed) {
      throw SqlErrors.create(property + " names no folder: " + name, "08001", malformed);
    }
  }

  private static Durability durability(String text) throws SQLException {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "sync" -> Durability.SYNC;
      case "none" -> Durability.NONE;
      default -> group(text);
    };
  }

  private static BottomCompression compression(String text) throws SQLException {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "lz4" -> BottomCompression.LZ4;
      case "zstd" -> BottomCompression.ZSTD;
      default -> throw SqlErrors.create("compression is lz4 or zstd: compression=" + text, "08001");
    };
  }

  private static boolean isOn(String text) throws SQLException {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "on" -> true;
      case "off" -> false;
      default -> throw SqlErrors.create("mmap is on or off: mmap=" + text, "08001");
    };
  }

  private static Durability group(String text) throws SQLException {
    Matcher group = GROUP.matcher(text);
    if (group.matches()) {
      Duration window = Duration.ofMillis(Long.parseLong(group.group(1)));
      if (window.compareTo(Durability.WINDOW_MAX) <= 0) {
        return Durability.group(window);
      }
    }
    throw SqlErrors.create(
        "durability is sync, none or group(N ms) with N up to "
            + Durability.WINDOW_MAX.toMillis()
            + ": durability="
            + text,
        "08001");
  }

  private static long bytes(String text) throws SQLException {
    String number = text.strip().toUpperCase(Locale.ROOT).replaceFirst("B$", "");
    int shift =
        number.endsWith("K") ? 10 : number.endsWith("M") ? 20 : number.endsWith("G") ? 30 : 0;
    try {
      long units = Long.parseLong(shift == 0 ? number : number.substring(0, number.length() - 1));
      long bytes = Math.multiplyExact(units, 1L << shift);
      if (bytes < DatabaseOptions.MEMORY_BYTES_MIN) {
        throw SqlErrors.create("memory must be at least 16MB: memory=" + text, "08001");
      }
      return bytes;
    } catch (NumberFormatException | ArithmeticException malformed) {
      throw SqlErrors.create("memory is a size like 512MB: memory=" + text, "08001", malformed);
    }
  }
}
