package org.facetdb.storage.tree.manifest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;

/**
 * Bytes of manifest edits. Used by one thread. Numbers little-endian.
 *
 * <pre>
 *  edit   = count:4 | change ...
 *  change = 1 | next file number:8
 *         | 2 | next key space:4
 *         | 3 | flushed sequence:8 | its timestamp:8
 *         | 4 | level:1 | kind:1 | number:8 | bytes:8 | entries:8 | removals:8 |
 *               minimal begin:8 | maximal begin:8 | maximal end:8 | smallest key | largest key
 *         | 5 | kind:1 | number:8
 *         | 6 | id:4 | retention:8 seconds, -1 for ever | nanoseconds:4 | dropped at:8 |
 *               watermark:8
 *         | 7 | id:4
 *         | 8 | number of the newest log segment:8      (from version 2 on)
 *         | 9 | run:4 | as 4 from kind on               (from version 3 on)
 *  key    = key space:4 | length:4 | bytes
 *
 *  "next file number is 7":  01000000  01 0700000000000000
 * </pre>
 */
final class EditCodec {
  private byte[] bytes = new byte[512];
  private int at;

  private EditCodec() {}

  static byte[] encode(List<Change> edit) {
    EditCodec out = new EditCodec();
    out.putInt(edit.size());
    for (Change change : edit) {
      out.put(change);
    }
    return Arrays.copyOf(out.bytes, out.at);
  }

  /** The changes of an edit whose checksum held. */
  static List<Change> decode(byte[] encoded) {
    EditCodec in = new EditCodec();
    in.bytes = encoded;
    int count = in.getInt();
    List<Change> edit = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      edit.add(in.get());
    }
    if (in.at != encoded.length) {
      throw new IllegalArgumentException("bytes after the last change: count=" + count);
    }
    return edit;
  }

  private void put(Change change) {
    switch (change) {
      case Change.NextFile c -> {
        putByte(1);
        putLong(c.number());
      }
      case Change.NextKeySpace c -> {
        putByte(2);
        putInt(c.id());
      }
      case Change.Flushed c -> {
        putByte(3);
        putLong(c.sequence());
        putLong(c.timestamp());
      }
      case Change.AddTable c -> {
        if (c.table().kind() == TableKind.HISTORY && c.level() != 0) {
          putByte(9);
          putInt(c.level());
        } else {
          putByte(4);
          putByte(c.level());
        }
        putTable(c.table());
      }
      case Change.RemoveTable c -> {
        putByte(5);
        putByte(c.kind().code());
        putLong(c.number());
      }
      case Change.PutKeySpace c -> {
        putByte(6);
        putInt(c.id());
        Duration retention = c.state().options().retention();
        putLong(retention == null ? -1 : retention.getSeconds());
        putInt(retention == null ? 0 : retention.getNano());
        putLong(c.state().droppedAt());
        putLong(c.state().watermark());
      }
      case Change.ForgetKeySpace c -> {
        putByte(7);
        putInt(c.id());
      }
      case Change.NewestSegment c -> {
        putByte(8);
        putLong(c.number());
      }
    }
  }

  private Change get() {
    int tag = getByte();
    return switch (tag) {
      case 1 -> new Change.NextFile(getLong());
      case 2 -> new Change.NextKeySpace(getInt());
      case 3 -> new Change.Flushed(getLong(), getLong());
      case 4 -> new Change.AddTable(getByte(), getTable());
      case 5 -> new Change.RemoveTable(getKind(), getLong());
      case 6 -> getKeySpace();
      case 7 -> new Change.ForgetKeySpace(getInt());
      case 8 -> new Change.NewestSegment(getLong());
      case 9 -> new Change.AddTable(getInt(), getTable());
      default -> throw new IllegalArgumentException("unknown change: tag=" + tag);
    };
  }

  private Change getKeySpace() {
    int id = getInt();
    long seconds = getLong();
    int nanos = getInt();
    Duration retention = seconds < 0 ? null : Duration.ofSeconds(seconds, nanos);
    return new Change.PutKeySpace(
        id, new KeySpaceState(new KeySpaceOptions(retention), getLong(), getLong()));
  }

  private void putTable(TableInfo table) {
    putByte(table.kind().code());
    putLong(table.number());
    putLong(table.bytes());
    putLong(table.entries());
    putLong(table.removals());
    putLong(table.minBegin());
    putLong(table.maxBegin());
    putLong(table.maxEnd());
    putKey(table.smallest());
    putKey(table.largest());
  }

  private TableInfo getTable() {
    TableKind kind = getKind();
    long number = getLong();
    long size = getLong();
    long entries = getLong();
    long removals = getLong();
    long minBegin = getLong();
    long maxBegin = getLong();
    long maxEnd = getLong();
    return new TableInfo(
        number, kind, size, entries, removals, getKey(), getKey(), minBegin, maxBegin, maxEnd);
  }

  private TableKind getKind() {
    int code = getByte();
    for (TableKind kind : TableKind.values()) {
      if (kind.code() == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException("unknown kind of table: code=" + code);
  }

  private void putKey(SpaceKey key) {
    putInt(key.keySpace());
    putInt(key.key().length);
    room(key.key().length);
    System.arraycopy(key.key(), 0, bytes, at, key.key().length);
    at += key.key().length;
  }

  private SpaceKey getKey() {
    int keySpace = getInt();
    int length = getInt();
    byte[] key = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return new SpaceKey(keySpace, key);
  }

  private void room(int length) {
    if (at + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(at + length, bytes.length * 2));
    }
  }

  private void putByte(int value) {
    room(1);
    bytes[at++] = (byte) value;
  }

  private void putInt(int value) {
    room(4);
    Bytes.putInt(bytes, at, value);
    at += 4;
  }

  private void putLong(long value) {
    room(8);
    Bytes.putLong(bytes, at, value);
    at += 8;
  }

  private int getByte() {
    return bytes[at++];
  }

  private int getInt() {
    int value = Bytes.getInt(bytes, at);
    at += 4;
    return value;
  }

  private long getLong() {
    long value = Bytes.getLong(bytes, at);
    at += 8;
    return value;
  }
}
