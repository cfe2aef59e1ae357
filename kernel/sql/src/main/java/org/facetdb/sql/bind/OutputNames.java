package org.facetdb.sql.bind;

import java.util.Locale;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlCase;
import org.facetdb.parser.NamedOperator;
import org.facetdb.parser.TypeName;

/** The names that PostgreSQL gives to columns without an alias. Stateless. */
final class OutputNames {
  private static final String NONE = "?column?";

  private OutputNames() {}

  static String of(SqlNode node) {
    return switch (node) {
      case SqlIdentifier identifier -> identifier.names.getLast();
      case SqlCase call -> ofCase(call);
      case SqlSelect select -> ofSelect(select);
      case SqlOrderBy ordered -> of(ordered.query);
      case SqlCall call -> ofCall(call);
      default -> NONE;
    };
  }

  private static String ofCase(SqlCase call) {
    SqlNode otherwise = call.getElseOperand();
    String name = otherwise == null ? NONE : of(otherwise);
    return name.equals(NONE) ? "case" : name;
  }

  private static String ofSelect(SqlSelect select) {
    SqlNode first = select.getSelectList().get(0);
    return first.getKind() == SqlKind.AS
        ? ((SqlIdentifier) ((SqlCall) first).operand(1)).getSimple()
        : of(first);
  }

  private static String ofCall(SqlCall call) {
    return switch (call.getKind()) {
      case AS -> ((SqlIdentifier) call.operand(1)).getSimple();
      case CAST, SAFE_CAST -> {
        String name = of(call.operand(0));
        yield name.equals(NONE) && call.operand(1) instanceof SqlDataTypeSpec spec
            ? typeName(spec)
            : name;
      }
      case EXISTS -> "exists";
      case SCALAR_QUERY, OVER, FILTER, WITHIN_GROUP -> of(call.operand(0));
      default -> function(call);
    };
  }

  private static String typeName(SqlDataTypeSpec spec) {
    String name =
        spec.getTypeNameSpec() instanceof TypeName own
            ? own.name()
            : spec.getTypeName().getSimple().toLowerCase(Locale.ROOT);
    return switch (name) {
      case "boolean" -> "bool";
      case "smallint" -> "int2";
      case "integer" -> "int4";
      case "bigint" -> "int8";
      case "real" -> "float4";
      case "double precision" -> "float8";
      case "char" -> "bpchar";
      default -> name;
    };
  }

  private static String function(SqlCall call) {
    boolean called =
        call.getOperator().getSyntax() == SqlSyntax.FUNCTION
            || call.getOperator().getSyntax() == SqlSyntax.FUNCTION_STAR
            || call.getOperator().getSyntax() == SqlSyntax.FUNCTION_ID
            || call.getOperator() instanceof org.apache.calcite.sql.SqlFunction;
    return called && !(call.getOperator() instanceof NamedOperator)
        ? call.getOperator().getName().toLowerCase(Locale.ROOT)
        : NONE;
  }
}
