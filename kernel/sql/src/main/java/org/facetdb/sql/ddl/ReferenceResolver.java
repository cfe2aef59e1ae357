package org.facetdb.sql.ddl;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.facetdb.parser.Reference;
import org.facetdb.parser.ReferentialAction;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.Checking;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.ForeignKey;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.KeyConstraint;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.type.SqlType;

/** Binds REFERENCES to a key of the parent. Used for one clause. */
final class ReferenceResolver {
  private final DdlContext context;
  private final List<ColumnDefinition> childColumns;
  private final TableDefinition parent;

  ReferenceResolver(
      DdlContext context, List<ColumnDefinition> childColumns, TableDefinition parent) {
    this.context = context;
    this.childColumns = childColumns;
    this.parent = parent;
  }

  ForeignKey resolve(String name, List<Integer> columns, Reference reference) {
    List<Integer> parentColumns = parentColumns(reference);
    if (parentColumns.size() != columns.size()) {
      throw DatabaseException.user(
          "42830", "number of referencing and referenced columns for foreign key disagree");
    }
    for (int i = 0; i < columns.size(); i++) {
      ColumnDefinition child = childColumns.get(columns.get(i));
      ColumnDefinition target = parent.columns().get(parentColumns.get(i));
      if (!comparable(SqlType.require(child.type()), SqlType.require(target.type()))) {
        throw DatabaseException.user(
                "42804", "foreign key constraint \"" + name + "\" cannot be implemented")
            .withDetail(
                "Key columns \""
                    + child.name()
                    + "\" and \""
                    + target.name()
                    + "\" are of incompatible types: "
                    + child.type().name()
                    + " and "
                    + target.type().name()
                    + ".");
      }
    }
    return new ForeignKey(
        name,
        columns,
        parent.id(),
        parentColumns,
        indexOf(parentColumns),
        action(reference.onDelete()),
        action(reference.onUpdate()),
        checking(reference.checking()));
  }

  private List<Integer> parentColumns(Reference reference) {
    if (reference.columns().isEmpty()) {
      KeyConstraint key = parent.primaryKey();
      if (key == null) {
        throw DatabaseException.user(
            "42704", "there is no primary key for referenced table \"" + parent.name() + "\"");
      }
      return key.columns();
    }
    List<Integer> found = new ArrayList<>();
    for (SqlIdentifier identifier : reference.columns()) {
      int position = parent.columnIndex(identifier.getSimple());
      if (position < 0) {
        throw SourceText.at(
            DatabaseException.user(
                "42703",
                "column \""
                    + identifier.getSimple()
                    + "\" referenced in foreign key constraint does not exist"),
            context.sql(),
            identifier);
      }
      found.add(position);
    }
    return found;
  }

  /** The id of the unique index over exactly these columns, 0 if they are the primary key. */
  private int indexOf(List<Integer> columns) {
    HashSet<Integer> wanted = new HashSet<>(columns);
    if (wanted.size() == columns.size()) {
      if (wanted.equals(new HashSet<>(parent.keyColumns()))) {
        return 0;
      }
      for (IndexDefinition index : parent.indexes()) {
        HashSet<Integer> key = new HashSet<>();
        index.columns().forEach(part -> key.add(part.column()));
        if (index.unique() && key.equals(wanted)) {
          return index.id();
        }
      }
    }
    for (KeyConstraint unique : parent.uniques()) {
      if (unique.checking().isDeferrable() && wanted.equals(new HashSet<>(unique.columns()))) {
        throw DatabaseException.user(
            "55000",
            "cannot use a deferrable unique constraint for referenced table \""
                + parent.name()
                + "\"");
      }
    }
    throw DatabaseException.user(
        "42830",
        "there is no unique constraint matching given keys for referenced table \""
            + parent.name()
            + "\"");
  }

  private static boolean comparable(SqlType a, SqlType b) {
    return a.kind() == b.kind()
        || a.kind().isInteger() && b.kind().isInteger()
        || a.kind().isString() && b.kind().isString();
  }

  private static ForeignKey.Action action(ReferentialAction action) {
    return switch (action) {
      case NO_ACTION -> ForeignKey.Action.NO_ACTION;
      case RESTRICT -> ForeignKey.Action.RESTRICT;
      case CASCADE -> ForeignKey.Action.CASCADE;
      case SET_NULL -> ForeignKey.Action.SET_NULL;
      case SET_DEFAULT -> ForeignKey.Action.SET_DEFAULT;
    };
  }

  static Checking checking(org.facetdb.parser.Checking checking) {
    return switch (checking) {
      case NOT_DEFERRABLE -> Checking.NOT_DEFERRABLE;
      case INITIALLY_IMMEDIATE -> Checking.INITIALLY_IMMEDIATE;
      case INITIALLY_DEFERRED -> Checking.INITIALLY_DEFERRED;
    };
  }
}
