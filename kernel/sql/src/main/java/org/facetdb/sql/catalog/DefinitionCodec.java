package org.facetdb.sql.catalog;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of the definitions of tables and extensions. Stateless but for the type lookup, so any
 * thread may use it.
 *
 * <p>Big-endian; {@code str} is a length in 4 bytes and UTF-8, {@code opt x} a byte 0, or 1 and x;
 * {@code list x} a count in 4 bytes and the elements:
 *
 * <pre>
 * table      = version:u8 id:i32 schema:str name:str
 *              columns:(list column) primaryKey:(opt key) uniques:(list key)
 *              checks:(list check) foreignKeys:(list fk) indexes:(list index)
 *              keySpace:i32 schemaVersion:i32 systemVersioned:u8 retentionMillis:(opt i64)
 *              from version 2 on: methodIndexes:(list method) rowIdSpace:i32
 * column     = id:i32 name:str type:str precision:i32 scale:i32 notNull:u8 default:(opt str)
 * key        = name:str columns:(list i32) indexId:i32
 *              from version 3 on: checking:u8
 * check      = name:str sql:str
 * fk         = name:str columns:(list i32) parent:i32 parentColumns:(list i32) parentIndex:i32
 *              onDelete:u8 onUpdate:u8
 *              from version 3 on: checking:u8
 * index      = id:i32 name:str keySpace:i32 unique:u8 parts:(list (column:i32 flags:u8))
 *              flags: bit 0 descending, bit 1 nulls first
 * method     = id:i32 name:str method:str extension:str columns:(list i32)
 *              options:(list (name:str value:str))
 * extension  = version:u8 name:str version:str installed:u8 stateKeySpace:i32
 *              contributes:(list str)
 * </pre>
 */
final class DefinitionCodec {
  private static final int VERSION = 3;
  private static final int EXTENSION_VERSION = 1;

  private final Function<String, @Nullable LogicalType> types;

  DefinitionCodec(Function<String, @Nullable LogicalType> types) {
    this.types = types;
  }

  byte[] encode(TableDefinition table) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeInt(table.id());
      writeString(out, table.schema());
      writeString(out, table.name());
      writeList(out, table.columns(), DefinitionCodec::writeColumn);
      KeyConstraint primaryKey = table.primaryKey();
      out.writeBoolean(primaryKey != null);
      if (primaryKey != null) {
        writeKey(out, primaryKey);
      }
      writeList(out, table.uniques(), DefinitionCodec::writeKey);
      writeList(out, table.checks(), DefinitionCodec::writeCheck);
      writeList(out, table.foreignKeys(), DefinitionCodec::writeForeignKey);
      writeList(out, table.indexes(), DefinitionCodec::writeIndex);
      out.writeInt(table.keySpace());
      out.writeInt(table.schemaVersion());
      out.writeBoolean(table.systemVersioned());
      Duration retention = table.retention();
      out.writeBoolean(retention != null);
      if (retention != null) {
        out.writeLong(retention.toMillis());
      }
      writeList(out, table.methodIndexes(), DefinitionCodec::writeMethodIndex);
      out.writeInt(table.rowIdSpace());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  TableDefinition decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readUnsignedByte();
      if (version < 1 || version > VERSION) {
        throw damaged("table definition has an unknown version: found=" + version);
      }
      int id = in.readInt();
      String schema = readString(in);
      String name = readString(in);
      List<ColumnDefinition> columns = readList(in, this::readColumn);
      KeyConstraint primaryKey = in.readBoolean() ? readKey(in, version) : null;
      List<KeyConstraint> uniques = readList(in, i -> readKey(i, version));
      List<CheckConstraint> checks =
          readList(in, i -> new CheckConstraint(readString(i), readString(i)));
      List<ForeignKey> foreignKeys = readList(in, i -> readForeignKey(i, version));
      List<IndexDefinition> indexes = readList(in, i -> readIndex(i, id));
      int keySpace = in.readInt();
      int schemaVersion = in.readInt();
      boolean systemVersioned = in.readBoolean();
      Duration retention = in.readBoolean() ? Duration.ofMillis(in.readLong()) : null;
      List<MethodIndex> methodIndexes =
          version < 2 ? List.of() : readList(in, i -> readMethodIndex(i, id));
      int rowIdSpace = version < 2 ? 0 : in.readInt();
      return new TableDefinition(
          id,
          schema,
          name,
          columns,
          primaryKey,
          uniques,
          checks,
          foreignKeys,
          indexes,
          keySpace,
          schemaVersion,
          systemVersioned,
          retention,
          methodIndexes,
          rowIdSpace);
    } catch (IOException e) {
      throw damaged("table definition ends early: length=" + bytes.length);
    }
  }

  private static void writeColumn(DataOutputStream out, ColumnDefinition column)
      throws IOException {
    out.writeInt(column.id());
    writeString(out, column.name());
    writeString(out, column.type().name());
    out.writeInt(column.precision());
    out.writeInt(column.scale());
    out.writeBoolean(column.notNull());
    String defaultSql = column.defaultSql();
    out.writeBoolean(defaultSql != null);
    if (defaultSql != null) {
      writeString(out, defaultSql);
    }
  }

  private ColumnDefinition readColumn(DataInputStream in) throws IOException {
    int id = in.readInt();
    String name = readString(in);
    String typeName = readString(in);
    LogicalType type = types.apply(typeName);
    if (type == null) {
      throw damaged("column has a type that this build doesn't know: type=" + typeName);
    }
    return new ColumnDefinition(
        id,
        name,
        type,
        in.readInt(),
        in.readInt(),
        in.readBoolean(),
        in.readBoolean() ? readString(in) : null);
  }

  private static void writeKey(DataOutputStream out, KeyConstraint key) throws IOException {
    writeString(out, key.name());
    writeList(out, key.columns(), DataOutputStream::writeInt);
    out.writeInt(key.indexId());
    out.writeByte(checkingCode(key.checking()));
  }

  private static KeyConstraint readKey(DataInputStream in, int version) throws IOException {
    return new KeyConstraint(
        readString(in),
        readList(in, DataInputStream::readInt),
        in.readInt(),
        readChecking(in, version));
  }

  private static void writeCheck(DataOutputStream out, CheckConstraint check) throws IOException {
    writeString(out, check.name());
    writeString(out, check.sql());
  }

  private static void writeForeignKey(DataOutputStream out, ForeignKey key) throws IOException {
    writeString(out, key.name());
    writeList(out, key.columns(), DataOutputStream::writeInt);
    out.writeInt(key.parentTableId());
    writeList(out, key.parentColumns(), DataOutputStream::writeInt);
    out.writeInt(key.parentIndexId());
    out.writeByte(actionCode(key.onDelete()));
    out.writeByte(actionCode(key.onUpdate()));
    out.writeByte(checkingCode(key.checking()));
  }

  private static ForeignKey readForeignKey(DataInputStream in, int version) throws IOException {
    return new ForeignKey(
        readString(in),
        readList(in, DataInputStream::readInt),
        in.readInt(),
        readList(in, DataInputStream::readInt),
        in.readInt(),
        action(in.readUnsignedByte()),
        action(in.readUnsignedByte()),
        readChecking(in, version));
  }

  private static int actionCode(ForeignKey.Action action) {
    return switch (action) {
      case NO_ACTION -> 0;
      case CASCADE -> 1;
      case SET_NULL -> 2;
      case SET_DEFAULT -> 3;
      case RESTRICT -> 4;
    };
  }

  private static ForeignKey.Action action(int code) {
    return switch (code) {
      case 0 -> ForeignKey.Action.NO_ACTION;
      case 1 -> ForeignKey.Action.CASCADE;
      case 2 -> ForeignKey.Action.SET_NULL;
      case 3 -> ForeignKey.Action.SET_DEFAULT;
      case 4 -> ForeignKey.Action.RESTRICT;
      default -> throw damaged("foreign key has an unknown action: found=" + code);
    };
  }

  private static int checkingCode(Checking checking) {
    return switch (checking) {
      case NOT_DEFERRABLE -> 0;
      case INITIALLY_IMMEDIATE -> 1;
      case INITIALLY_DEFERRED -> 2;
    };
  }

  private static Checking readChecking(DataInputStream in, int version) throws IOException {
    if (version < 3) {
      return Checking.NOT_DEFERRABLE;
    }
    int code = in.readUnsignedByte();
    return switch (code) {
      case 0 -> Checking.NOT_DEFERRABLE;
      case 1 -> Checking.INITIALLY_IMMEDIATE;
      case 2 -> Checking.INITIALLY_DEFERRED;
      default -> throw damaged("constraint is checked at an unknown time: found=" + code);
    };
  }

  private static void writeIndex(DataOutputStream out, IndexDefinition index) throws IOException {
    out.writeInt(index.id());
    writeString(out, index.name());
    out.writeInt(index.keySpace());
    out.writeBoolean(index.unique());
    writeList(
        out,
        index.columns(),
        (o, part) -> {
          o.writeInt(part.column());
          o.writeByte((part.descending() ? 1 : 0) | (part.nullsFirst() ? 2 : 0));
        });
  }

  private static IndexDefinition readIndex(DataInputStream in, int tableId) throws IOException {
    int id = in.readInt();
    String name = readString(in);
    int keySpace = in.readInt();
    boolean unique = in.readBoolean();
    List<IndexDefinition.IndexColumn> parts =
        readList(
            in,
            i -> {
              int column = i.readInt();
              int flags = i.readUnsignedByte();
              return new IndexDefinition.IndexColumn(column, (flags & 1) != 0, (flags & 2) != 0);
            });
    return new IndexDefinition(id, name, tableId, keySpace, unique, parts);
  }

  private static void writeMethodIndex(DataOutputStream out, MethodIndex index) throws IOException {
    out.writeInt(index.id());
    writeString(out, index.name());
    writeString(out, index.method());
    writeString(out, index.extension());
    writeList(out, index.columns(), DataOutputStream::writeInt);
    writeList(
        out,
        List.copyOf(index.options().entrySet()),
        (o, option) -> {
          writeString(o, option.getKey());
          writeString(o, option.getValue());
        });
  }

  private static MethodIndex readMethodIndex(DataInputStream in, int tableId) throws IOException {
    int id = in.readInt();
    String name = readString(in);
    String method = readString(in);
    String extension = readString(in);
    List<Integer> columns = readList(in, DataInputStream::readInt);
    TreeMap<String, String> options = new TreeMap<>();
    readList(in, i -> options.put(readString(i), readString(i)));
    return new MethodIndex(id, name, tableId, method, extension, columns, options);
  }

  byte[] encode(ExtensionDefinition extension) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(EXTENSION_VERSION);
      writeString(out, extension.name());
      writeString(out, extension.version());
      out.writeBoolean(extension.installed());
      out.writeInt(extension.stateKeySpace());
      writeList(out, extension.contributes(), DefinitionCodec::writeString);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  ExtensionDefinition decodeExtension(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readUnsignedByte();
      if (version != EXTENSION_VERSION) {
        throw damaged("extension definition has an unknown version: found=" + version);
      }
      return new ExtensionDefinition(
          readString(in),
          readString(in),
          in.readBoolean(),
          in.readInt(),
          readList(in, DefinitionCodec::readString));
    } catch (IOException e) {
      throw damaged("extension definition ends early: length=" + bytes.length);
    }
  }

  private static void writeString(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String readString(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw damaged("table definition has a string of impossible length: found=" + length);
    }
    return new String(in.readNBytes(length), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static <T> void writeList(DataOutputStream out, List<T> list, Writer<T> writer)
      throws IOException {
    out.writeInt(list.size());
    for (T element : list) {
      writer.write(out, element);
    }
  }

  private static <T> List<T> readList(DataInputStream in, Parser<T> reader) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > in.available()) {
      throw damaged("table definition has a list of impossible length: found=" + count);
    }
    List<T> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(reader.read(in));
    }
    return list;
  }

  private static DatabaseException damaged(String message) {
    return new DatabaseException("XX001", DatabaseException.Category.CORRUPTION, message);
  }

  private interface Writer<T> {
    void write(DataOutputStream out, T element) throws IOException;
  }

  private interface Parser<T> {
    T read(DataInputStream in) throws IOException;
  }
}
