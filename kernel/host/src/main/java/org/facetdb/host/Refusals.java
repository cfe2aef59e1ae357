package org.facetdb.host;

import java.io.IOException;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.DatabaseException.Category;
import org.jspecify.annotations.Nullable;

/** The host's errors with their SQLSTATEs. */
final class Refusals {
  private Refusals() {}

  /** No such package: 58P01. */
  static DatabaseException absent(String message) {
    return DatabaseException.user("58P01", message);
  }

  /** A package that is there and can't be loaded: 55000. */
  static DatabaseException refused(PackageJar jar, String reason) {
    return DatabaseException.user(
        "55000", "package %s %s is refused: %s".formatted(jar.name(), jar.version(), reason));
  }

  /** A file or folder that can't be read or written: 58030. */
  static DatabaseException io(String rule, IOException cause) {
    return new DatabaseException(
        "58030", Category.RESOURCE, rule + ": " + text(cause), null, null, 0, cause);
  }

  static DatabaseException internal(String message, @Nullable Throwable cause) {
    return DatabaseException.internal(message, cause);
  }

  /** An exception in one line, with its kind where the message alone says little. */
  static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getName()
        : failure.getClass().getSimpleName() + ": " + message;
  }
}
