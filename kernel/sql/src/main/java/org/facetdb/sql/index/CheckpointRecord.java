package org.facetdb.sql.index;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexContext;
import org.facetdb.spi.index.Position;

/**
 * What is committed of an index's checkpoint. Immutable. Its bytes, big-endian:
 *
 * <pre>
 * version:u8 (1) generation:i32 format:i32 extensionVersion:utf sequence:i64 timestamp:i64
 * coversFrom:i64 state:(i32 bytes) files:(i32 (name:utf length:i64 crc32c:i32))
 * </pre>
 *
 * @param generation names the directory of the files
 * @param format version of the files, the method's own
 * @param coversFrom before this time the index can't answer
 */
record CheckpointRecord(
    int generation,
    int format,
    String extensionVersion,
    Position position,
    long coversFrom,
    byte[] state,
    List<StoredFile> files) {
  private static final int VERSION = 1;

  /** A file with what it must be. */
  record StoredFile(String name, long length, int checksum) {}

  CheckpointRecord {
    files = List.copyOf(files);
  }

  IndexContext.Restored restored() {
    return new IndexContext.Restored(format, position, state);
  }

  /** The same files, which hold all changes up to a later position too. */
  CheckpointRecord at(Position later, long covers) {
    return new CheckpointRecord(generation, format, extensionVersion, later, covers, state, files);
  }

  /** The same files in the directory of another generation. */
  CheckpointRecord in(int newGeneration) {
    return new CheckpointRecord(
        newGeneration, format, extensionVersion, position, coversFrom, state, files);
  }

  byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeInt(generation);
      out.writeInt(format);
      out.writeUTF(extensionVersion);
      out.writeLong(position.sequence());
      out.writeLong(position.timestamp());
      out.writeLong(coversFrom);
      out.writeInt(state.length);
      out.write(state);
      out.writeInt(files.size());
      for (StoredFile file : files) {
        out.writeUTF(file.name());
        out.writeLong(file.length());
        out.writeInt(file.checksum());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static CheckpointRecord decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        throw damaged("has an unknown version: found=" + version);
      }
      int generation = in.readInt();
      int format = in.readInt();
      String extensionVersion = in.readUTF();
      Position position = new Position(in.readLong(), in.readLong());
      long coversFrom = in.readLong();
      byte[] state = in.readNBytes(in.readInt());
      int count = in.readInt();
      List<StoredFile> files = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        files.add(new StoredFile(in.readUTF(), in.readLong(), in.readInt()));
      }
      return new CheckpointRecord(
          generation, format, extensionVersion, position, coversFrom, state, files);
    } catch (IOException e) {
      throw damaged("ends early: length=" + bytes.length);
    }
  }

  private static DatabaseException damaged(String what) {
    return new DatabaseException(
        "XX001", DatabaseException.Category.CORRUPTION, "checkpoint record " + what);
  }
}
