package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Reader;
import org.jspecify.annotations.Nullable;

/** The entries of some key spaces as an immutable-by-copy TreeMap: key space, then key. */
public final class Model {
  public record Key(int keySpace, byte[] bytes) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return keySpace != other.keySpace
          ? Integer.compare(keySpace, other.keySpace)
          : Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && compareTo(key) == 0;
    }

    @Override
    public int hashCode() {
      return 31 * keySpace + Arrays.hashCode(bytes);
    }
  }

  private final TreeMap<Key, byte[]> entries;

  public Model() {
    this(new TreeMap<>());
  }

  private Model(TreeMap<Key, byte[]> entries) {
    this.entries = entries;
  }

  public Model copy() {
    return new Model(new TreeMap<>(entries));
  }

  public void put(int keySpace, byte[] key, byte @Nullable [] value) {
    if (value == null) {
      entries.remove(new Key(keySpace, key));
    } else {
      entries.put(new Key(keySpace, key), value);
    }
  }

  public byte @Nullable [] get(int keySpace, byte[] key) {
    return entries.get(new Key(keySpace, key));
  }

  /** The entries of a range as text, one per line. */
  public String scan(int keySpace, byte @Nullable [] from, byte @Nullable [] to) {
    StringBuilder text = new StringBuilder();
    Key low = new Key(keySpace, from == null ? new byte[0] : from);
    Key high = to == null ? new Key(keySpace + 1, new byte[0]) : new Key(keySpace, to);
    if (low.compareTo(high) < 0) {
      for (Map.Entry<Key, byte[]> entry : entries.subMap(low, high).entrySet()) {
        append(text, entry.getKey().bytes(), entry.getValue());
      }
    }
    return text.toString();
  }

  /** What a reader holds in a range, as the same text. */
  public static String scan(
      Reader reader, int keySpace, byte @Nullable [] from, byte @Nullable [] to) {
    StringBuilder text = new StringBuilder();
    try (Cursor cursor = reader.scan(keySpace, from, to)) {
      while (cursor.next()) {
        append(text, cursor.key(), cursor.value());
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, byte[] key, byte[] value) {
    HexFormat hex = HexFormat.of();
    text.append(hex.formatHex(key)).append('=');
    text.append(
        value.length > 16 ? value.length + ":" + Arrays.hashCode(value) : hex.formatHex(value));
    text.append('\n');
  }

  /** The reader must hold exactly this, by scans and by gets. */
  public void assertSame(Reader reader, int keySpace, String message) {
    assertEquals(scan(keySpace, null, null), scan(reader, keySpace, null, null), message);
    for (Map.Entry<Key, byte[]> entry : entries.entrySet()) {
      if (entry.getKey().keySpace() == keySpace) {
        byte[] found = reader.get(keySpace, entry.getKey().bytes());
        assertEquals(
            Arrays.toString(entry.getValue()), Arrays.toString(found), message + " (by get)");
      }
    }
  }
}
