package org.facetdb.sql.row;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Arithmetic on memcomparable keys. */
public final class Keys {
  /**
   * The longest key. Longer ones are refused with 54000, as PostgreSQL refuses index rows beyond a
   * third of a page.
   */
  public static final int BYTES_MAX = 8191;

  private Keys() {}

  /**
   * The smallest key above all keys that begin with {@code prefix}.
   *
   * @return {@code null} if there is none, so that a range up to it has no bound
   */
  public static byte @Nullable [] successor(byte[] prefix) {
    int length = prefix.length;
    while (length > 0 && prefix[length - 1] == (byte) 0xff) {
      length--;
    }
    if (length == 0) {
      return null;
    }
    byte[] next = Arrays.copyOf(prefix, length);
    next[length - 1]++;
    return next;
  }

  /** A key above every key that fits {@link #BYTES_MAX}. */
  public static byte[] last() {
    byte[] key = new byte[BYTES_MAX + 1];
    Arrays.fill(key, (byte) 0xff);
    return key;
  }

  /** The key of a row id. */
  public static byte[] rowId(long id) {
    byte[] key = new byte[Long.BYTES];
    for (int i = 0; i < Long.BYTES; i++) {
      key[i] = (byte) (id >>> (56 - 8 * i));
    }
    return key;
  }
}
