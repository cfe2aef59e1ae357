package org.facetdb.sql.ddl;

import org.facetdb.parser.TypeName;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.facetdb.sql.type.TypeNames;

/** Gives the type names of the grammar their meaning. Stateless. */
final class TypeResolver {
  private TypeResolver() {}

  /** The type; 42704 for an unknown name, 0A000 for one that has no storage yet. */
  static SqlType resolve(TypeName name) {
    if (name.arrayDimensions() > 0) {
      throw DatabaseException.unsupported("array types are not supported");
    }
    TypeKind kind = TypeNames.kindOf(name.name());
    if (kind == null || kind == TypeKind.UNKNOWN) {
      throw switch (name.name()) {
        case "timetz", "jsonb", "smallserial", "serial", "bigserial" ->
            DatabaseException.unsupported("type " + name.name() + " is not supported");
        default -> DatabaseException.user("42704", "type \"" + name.name() + "\" does not exist");
      };
    }
    return TypeNames.withModifiers(kind, name.modifiers());
  }
}
