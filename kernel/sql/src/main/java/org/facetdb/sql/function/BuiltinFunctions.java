package org.facetdb.sql.function;

import java.util.List;
import org.facetdb.spi.function.ScalarFunction;

/** The kernel's own functions, by topic. Stateless. */
final class BuiltinFunctions {
  private BuiltinFunctions() {}

  static List<ScalarFunction> all() {
    FunctionList list = new FunctionList();
    OperatorFunctions.define(list);
    ComparisonFunctions.define(list);
    PatternFunctions.define(list);
    MathFunctions.define(list);
    StringFunctions.define(list);
    DateTimeFunctions.define(list);
    DateTimeOperators.define(list);
    JsonFunctions.define(list);
    SystemFunctions.define(list);
    SessionFunctions.define(list);
    CastFunctions.define(list);
    return List.copyOf(list.functions());
  }
}
