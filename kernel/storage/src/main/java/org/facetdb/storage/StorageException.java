package org.facetdb.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of the storage module. Its category survives every wrapping, so that corruption
 * is never taken for something that passes.
 */
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Who has to act. */
  public enum Category {
    /** The caller asked for what cannot be, or lost a race that it may run again. */
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
  private final int conflictSpace;

  public StorageException(
      String sqlState, Category category, String message, @Nullable Throwable cause) {
    this(sqlState, category, message, cause, -1);
  }

  private StorageException(
      String sqlState,
      Category category,
      String message,
      @Nullable Throwable cause,
      int conflictSpace) {
    super(message, cause);
    this.sqlState = Objects.requireNonNull(sqlState);
    this.category = Objects.requireNonNull(category);
    this.conflictSpace = conflictSpace;
  }

  public StorageException(String sqlState, Category category, String message) {
    this(sqlState, category, message, null);
  }

  /** A written or guarded key of a key space changed after the transaction's snapshot. */
  public static StorageException conflict(int keySpace, String message) {
    return new StorageException("40001", Category.USER, message, null, keySpace);
  }

  /** Stored bytes are not what was written. */
  public static StorageException corruption(
      String file, long offset, String expected, String found) {
    return new StorageException(
        "XX001",
        Category.CORRUPTION,
        "stored data is damaged: file="
            + file
            + " offset="
            + offset
            + " expected="
            + expected
            + " found="
            + found);
  }

  /**
   * A file is whole, and of a format that this program does not know. The category is {@code
   * CORRUPTION}, since nobody may go on as if the file were not there.
   *
   * @param oldest smallest version that is read
   * @param newest largest version that is read
   */
  public static StorageException unknownFormat(
      String file, long offset, int oldest, int newest, int found) {
    return new StorageException(
        "0A000",
        Category.CORRUPTION,
        "stored data has a format that this version cannot read: file="
            + file
            + " offset="
            + offset
            + " expected=format version "
            + (oldest == newest ? "" + newest : oldest + " to " + newest)
            + " found=format version "
            + found);
  }

  /** The device or the operating system refused. */
  public static StorageException io(String message, @Nullable Throwable cause) {
    return new StorageException("58030", Category.RESOURCE, message, cause);
  }

  /** Why an operation on a file failed, in plain words and without the file's name. */
  public static String reason(IOException failure) {
    return switch (failure) {
      case FileAlreadyExistsException _ -> "there is a file of that name";
      case NoSuchFileException _ -> "no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case DirectoryNotEmptyException _ -> "the directory is not empty";
      case NotDirectoryException _ -> "not a directory";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default ->
          failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    };
  }

  public String sqlState() {
    return sqlState;
  }

  /** The key space in which a transaction met another; -1 where that is not what happened. */
  public int conflictSpace() {
    return conflictSpace;
  }

  /** Whether a disk was full: what was asked for did not happen, and may be asked for again. */
  public boolean isDiskFull() {
    return sqlState.equals("53100");
  }

  public Category category() {
    return category;
  }
}
