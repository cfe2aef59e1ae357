package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.SetVariable;
import org.facetdb.parser.ShowVariable;
import org.facetdb.sql.Result;
import org.jspecify.annotations.Nullable;

/** SET, RESET and SHOW. Stateless. */
final class SettingStatements {
  private SettingStatements() {}

  static Settings set(Settings settings, SetVariable statement) {
    String name = String.join(".", statement.name().names);
    if (name.equalsIgnoreCase("all") && statement.values().isEmpty()) {
      return settings.reset();
    }
    return settings.with(name, value(statement));
  }

  private static @Nullable String value(SetVariable statement) {
    if (statement.values().isEmpty()) {
      return null;
    }
    List<String> parts = new ArrayList<>();
    for (SqlNode node : statement.values()) {
      parts.add(text(node));
    }
    return String.join(", ", parts);
  }

  private static String text(SqlNode node) {
    return switch (node) {
      case SqlIdentifier identifier -> String.join(".", identifier.names);
      case SqlLiteral literal -> {
        String value = literal.toValue();
        yield value == null ? literal.toString() : value;
      }
      default -> node.toString();
    };
  }

  static String tag(SetVariable statement) {
    return statement.values().isEmpty() && statement.command().startsWith("RESET")
        ? "RESET"
        : "SET";
  }

  static Result show(Settings settings, ShowVariable statement) {
    String name = String.join(".", statement.name().names);
    if (name.equalsIgnoreCase("all")) {
      List<List<String>> rows = new ArrayList<>();
      for (Map.Entry<String, String> entry : settings.sorted().entrySet()) {
        rows.add(List.of(entry.getKey(), entry.getValue()));
      }
      return Results.text("SHOW", List.of("name", "setting"), rows);
    }
    String value = settings.get(name);
    return Results.text("SHOW", List.of(name), List.of(List.of(value)));
  }
}
