package org.facetdb.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one exception that statements and plug-ins raise. It carries a SQLSTATE, who has to act, and
 * where in the statement the fault lies. Immutable: the {@code with} methods return a copy that
 * keeps the stack trace.
 */
public final class DatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Who has to act. */
  public enum Category {
    /** The statement or its data are at fault, or a race was lost that may be run again. */
    USER,
    /** Space, memory, handles or a device ran out or failed. */
    RESOURCE,
    /** A fault of ours. */
    INTERNAL,
    /** Stored bytes are not what was written. */
    CORRUPTION
  }

  private final String sqlState;
  private final Category category;
  private final @Nullable String detail;
  private final @Nullable String hint;
  private final int position;

  public DatabaseException(
      String sqlState,
      Category category,
      String message,
      @Nullable String detail,
      @Nullable String hint,
      int position,
      @Nullable Throwable cause) {
    super(message, cause);
    this.sqlState = Objects.requireNonNull(sqlState);
    this.category = Objects.requireNonNull(category);
    this.detail = detail;
    this.hint = hint;
    this.position = position;
  }

  public DatabaseException(String sqlState, Category category, String message) {
    this(sqlState, category, message, null, null, 0, null);
  }

  /** A fault of the statement or its data. */
  public static DatabaseException user(String sqlState, String message) {
    return new DatabaseException(sqlState, Category.USER, message);
  }

  /** A fault of ours: XX000. */
  public static DatabaseException internal(String message, @Nullable Throwable cause) {
    return new DatabaseException("XX000", Category.INTERNAL, message, null, null, 0, cause);
  }

  /** Something that SQL knows and we do not do: 0A000. */
  public static DatabaseException unsupported(String message) {
    return user("0A000", message);
  }

  public DatabaseException withDetail(String newDetail) {
    return copy(newDetail, hint, position);
  }

  public DatabaseException withHint(String newHint) {
    return copy(detail, newHint, position);
  }

  /** The same error at {@code newPosition}, a 1-based character offset in the statement. */
  public DatabaseException withPosition(int newPosition) {
    return copy(detail, hint, newPosition);
  }

  private DatabaseException copy(
      @Nullable String newDetail, @Nullable String newHint, int newPosition) {
    DatabaseException copy =
        new DatabaseException(
            sqlState, category, message(), newDetail, newHint, newPosition, getCause());
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  private String message() {
    return Objects.requireNonNull(super.getMessage());
  }

  public String sqlState() {
    return sqlState;
  }

  public Category category() {
    return category;
  }

  public @Nullable String detail() {
    return detail;
  }

  public @Nullable String hint() {
    return hint;
  }

  /** 1-based character offset in the statement, 0 when unknown. */
  public int position() {
    return position;
  }
}
