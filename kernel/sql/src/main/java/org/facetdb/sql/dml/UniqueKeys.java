package org.facetdb.sql.dml;

import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.facetdb.spi.type.KeyWriter;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.KeyConstraint;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.row.KeyCodec;

/**
 * The keys that a statement gave to rows, of a unique constraint whose index may hold duplicates
 * until it is checked. Used by one thread.
 */
final class UniqueKeys {
  private final TableDefinition table;
  private final KeyConstraint constraint;
  private final KeyCodec codec;
  private final Set<ByteBuffer> keys = new LinkedHashSet<>();
  private final KeyWriter scratch = new KeyWriter();

  UniqueKeys(TableDefinition table, KeyConstraint constraint) {
    this.table = table;
    this.constraint = constraint;
    this.codec = KeyCodec.ofIndex(table, Objects.requireNonNull(table.index(constraint.indexId())));
  }

  TableDefinition table() {
    return table;
  }

  KeyConstraint constraint() {
    return constraint;
  }

  /** As the index begins its entries. */
  Set<ByteBuffer> keys() {
    return keys;
  }

  /** Adds a row's key, unless there is a NULL in it. */
  void add(Vector[] row, int position) {
    if (!codec.hasNull(row, position)) {
      scratch.reset();
      codec.write(row, position, scratch);
      keys.add(ByteBuffer.wrap(scratch.toByteArray()));
    }
  }
}
