package org.facetdb.sql.session;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.facetdb.spi.DatabaseException;
import org.facetdb.storage.Durability;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a session. Immutable: a change gives a new one, so that a rolled back transaction
 * takes its changes with it by keeping the old.
 */
final class Settings {
  private static final String IDLE_TIMEOUT = "idle_in_transaction_session_timeout";

  /** Those that no database has its own of. */
  private static final Map<String, String> DEFAULTS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("application_name", ""),
              Map.entry("bytea_output", "hex"),
              Map.entry("client_encoding", "UTF8"),
              Map.entry("client_min_messages", "notice"),
              Map.entry("datestyle", "ISO, MDY"),
              Map.entry("default_transaction_deferrable", "off"),
              Map.entry("default_transaction_isolation", "read committed"),
              Map.entry("default_transaction_read_only", "off"),
              Map.entry("extra_float_digits", "1"),
              Map.entry(IDLE_TIMEOUT, "0"),
              Map.entry("integer_datetimes", "on"),
              Map.entry("intervalstyle", "postgres"),
              Map.entry("lock_timeout", "0"),
              Map.entry("max_identifier_length", "63"),
              Map.entry("search_path", "\"$user\", public"),
              Map.entry("server_encoding", "UTF8"),
              Map.entry("server_version", "15.0"),
              Map.entry("server_version_num", "150000"),
              Map.entry("standard_conforming_strings", "on"),
              Map.entry("statement_timeout", "0"),
              Map.entry("timezone", "UTC"),
              Map.entry("transaction_isolation", "read committed"),
              Map.entry("transaction_read_only", "off")));

  private static final List<String> READ_ONLY =
      List.of(
          "integer_datetimes",
          "max_identifier_length",
          "server_encoding",
          "server_version",
          "server_version_num");

  private final Map<String, String> defaults;
  private final Map<String, String> values;
  private final ZoneId zone;
  private final long timeoutMillis;
  private final long lockTimeoutMillis;
  private final long idleTimeoutMillis;
  private final List<String> searchPath;
  private final Durability durability;

  private Settings(Map<String, String> defaults, Map<String, String> values) {
    this.defaults = defaults;
    this.values = Map.copyOf(values);
    this.zone = zone(require("timezone"));
    this.timeoutMillis = millis("statement_timeout", require("statement_timeout"));
    this.lockTimeoutMillis = millis("lock_timeout", require("lock_timeout"));
    this.idleTimeoutMillis = millis(IDLE_TIMEOUT, require(IDLE_TIMEOUT));
    this.searchPath = path(require("search_path"));
    this.durability = durability(require("synchronous_commit"), require("commit_delay"));
  }

  /** What a new session has, where commits are as durable as the database's options say. */
  static Settings defaults(Durability durability) {
    Map<String, String> defaults = new TreeMap<>(DEFAULTS);
    defaults.put("synchronous_commit", durability.synced() ? "on" : "off");
    defaults.put("commit_delay", Long.toString(durability.window().toNanos() / 1_000));
    return new Settings(defaults, defaults);
  }

  /** The settings that {@code RESET ALL} gives. */
  Settings reset() {
    return new Settings(defaults, defaults);
  }

  private String require(String name) {
    return Objects.requireNonNull(values.get(name));
  }

  /** Under lower-case names, as the execution context wants them. */
  Map<String, String> values() {
    return values;
  }

  /** All settings in order of their names. */
  SortedMap<String, String> sorted() {
    return new TreeMap<>(values);
  }

  ZoneId zone() {
    return zone;
  }

  /** 0 for none. */
  long timeoutMillis() {
    return timeoutMillis;
  }

  /** How long a statement waits for a lock, 0 for ever. */
  long lockTimeoutMillis() {
    return lockTimeoutMillis;
  }

  /** How long a session may be idle in a transaction, 0 for ever. */
  long idleTimeoutMillis() {
    return idleTimeoutMillis;
  }

  /** What commits wait for. */
  Durability durability() {
    return durability;
  }

  /** The schemas in which unqualified names are looked up. */
  List<String> searchPath() {
    return searchPath;
  }

  /** The value of a setting; 42704 if there is none of the name. */
  String get(String name) {
    String value = values.get(name.toLowerCase(Locale.ROOT));
    if (value == null) {
      throw unknown(name);
    }
    return value;
  }

  /** The settings with one changed; {@code null} sets the default. */
  Settings with(String name, @Nullable String value) {
    String key = name.toLowerCase(Locale.ROOT);
    String fallback = defaults.get(key);
    if (fallback == null && !key.contains(".")) {
      throw unknown(name);
    }
    if (READ_ONLY.contains(key)) {
      throw DatabaseException.user("55P02", "parameter \"" + key + "\" cannot be changed");
    }
    String next = value == null ? fallback : checked(key, value);
    Map<String, String> changed = new LinkedHashMap<>(values);
    if (next == null) {
      changed.remove(key);
    } else {
      changed.put(key, next);
    }
    return new Settings(defaults, changed);
  }

  private static String checked(String key, String value) {
    return switch (key) {
      case "client_encoding" -> {
        String name = value.replace("-", "").toUpperCase(Locale.ROOT);
        if (!name.equals("UTF8") && !name.equals("UNICODE")) {
          throw invalid(key, value);
        }
        yield "UTF8";
      }
      case "standard_conforming_strings" -> {
        if (!List.of("on", "true", "1", "yes").contains(value.toLowerCase(Locale.ROOT))) {
          throw DatabaseException.unsupported("standard_conforming_strings is always on");
        }
        yield "on";
      }
      case "default_transaction_isolation", "transaction_isolation" -> {
        yield Isolation.of(value).level();
      }
      case "synchronous_commit" -> synchronousCommit(value);
      case "commit_delay" -> commitDelay(value);
      default -> value;
    };
  }

  /** The forms that wait for a standby are those that wait for the device: there is no standby. */
  private static String synchronousCommit(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "on", "true", "yes", "1" -> "on";
      case "off", "false", "no", "0" -> "off";
      case "local" -> "local";
      case "remote_write" -> "remote_write";
      case "remote_apply" -> "remote_apply";
      default -> throw invalid("synchronous_commit", value);
    };
  }

  private static String commitDelay(String value) {
    long most = Durability.WINDOW_MAX.toNanos() / 1_000;
    long micros;
    try {
      micros = Long.parseLong(value.strip());
    } catch (NumberFormatException malformed) {
      throw invalid("commit_delay", value);
    }
    if (micros < 0 || micros > most) {
      throw DatabaseException.user(
          "22023",
          micros
              + " is outside the valid range for parameter \"commit_delay\" (0 .. "
              + most
              + " microseconds)");
    }
    return Long.toString(micros);
  }

  private static Durability durability(String synchronousCommit, String commitDelay) {
    return synchronousCommit.equals("off")
        ? Durability.NONE
        : Durability.group(Duration.ofNanos(Long.parseLong(commitDelay) * 1_000));
  }

  private static DatabaseException unknown(String name) {
    return DatabaseException.user("42704", "unrecognized configuration parameter \"" + name + "\"");
  }

  private static DatabaseException invalid(String key, String value) {
    return DatabaseException.user(
        "22023", "invalid value for parameter \"" + key + "\": \"" + value + "\"");
  }

  private static ZoneId zone(String name) {
    try {
      return switch (name.toUpperCase(Locale.ROOT)) {
        case "UTC", "GMT", "Z", "DEFAULT", "LOCAL" -> ZoneOffset.UTC;
        default -> name.matches("[+-]?\\d{1,2}") ? hours(name) : ZoneId.of(name, ZoneId.SHORT_IDS);
      };
    } catch (DateTimeException e) {
      throw invalid("TimeZone", name);
    }
  }

  private static ZoneId hours(String name) {
    return ZoneOffset.ofHours(Integer.parseInt(name));
  }

  private static long millis(String key, String value) {
    java.util.regex.Matcher parts =
        java.util.regex.Pattern.compile("\\s*(\\d{1,12})\\s*(ms|s|min|h|d)?\\s*").matcher(value);
    if (!parts.matches()) {
      throw invalid(key, value);
    }
    String unit = parts.group(2);
    long factor =
        switch (unit == null ? "ms" : unit) {
          case "s" -> 1_000;
          case "min" -> 60_000;
          case "h" -> 3_600_000;
          case "d" -> 86_400_000;
          default -> 1;
        };
    long count = Long.parseLong(parts.group(1));
    if (count > Integer.MAX_VALUE / factor) {
      throw DatabaseException.user(
          "22023",
          value
              + " is outside the valid range for parameter \""
              + key
              + "\" (0 ms .. "
              + Integer.MAX_VALUE
              + " ms)");
    }
    return count * factor;
  }

  private static List<String> path(String value) {
    List<String> path = new java.util.ArrayList<>();
    for (String part : value.split(",")) {
      String name = part.trim().replaceAll("^\"(.*)\"$", "$1");
      if (!name.isEmpty() && !name.equals("$user")) {
        path.add(name);
      }
    }
    if (!path.contains("pg_catalog")) {
      path.addFirst("pg_catalog");
    }
    return List.copyOf(path);
  }
}
