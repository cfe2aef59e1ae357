package org.facetdb.sql.session;

import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.Copy;
import org.facetdb.parser.Delete;
import org.facetdb.parser.Explain;
import org.facetdb.parser.Insert;
import org.facetdb.parser.LockTable;
import org.facetdb.parser.LockedQuery;
import org.facetdb.parser.ObjectStatement;
import org.facetdb.parser.SetConstraints;
import org.facetdb.parser.SetVariable;
import org.facetdb.parser.ShowVariable;
import org.facetdb.parser.Statement;
import org.facetdb.parser.TransactionStatement;
import org.facetdb.parser.Update;
import org.facetdb.spi.DatabaseException;

/** Binds a statement to the schema that an execution sees. Used for one statement. */
final class StatementBinder {
  private final Execution execution;
  private final String sql;

  StatementBinder(Execution execution, String sql) {
    this.execution = execution;
    this.sql = sql;
  }

  /** Whether a statement needs a transaction that may write. */
  static boolean writes(SqlNode tree) {
    return switch (tree) {
      case Copy copy -> copy.from();
      case Explain explain -> explain.analyze() && writes(explain.statement());
      case Insert _, Update _, Delete _, LockedQuery _ -> true;
      case ObjectStatement object -> ExtensionCommand.handles(object);
      case Statement statement -> DdlCommand.handles(statement);
      default -> false;
    };
  }

  /** Whether a statement is about transactions and settings, and reads no data. */
  static boolean isControl(SqlNode tree) {
    return tree instanceof TransactionStatement
        || tree instanceof SetVariable
        || tree instanceof ShowVariable;
  }

  /** Whether a statement changes the schema. */
  static boolean changesSchema(SqlNode tree) {
    return switch (tree) {
      case ObjectStatement object -> ExtensionCommand.handles(object);
      case Statement statement -> DdlCommand.handles(statement);
      default -> false;
    };
  }

  Command bind(SqlNode tree) {
    if (!(tree instanceof Statement statement)) {
      return new QueryCommand(
          execution.kernel().planner().planQuery(tree, execution.planContext(sql)));
    }
    if (DdlCommand.handles(statement)) {
      return new DdlCommand(sql, statement);
    }
    if (MaintenanceCommand.handles(statement)) {
      return new MaintenanceCommand(sql, statement);
    }
    return switch (statement) {
      case Insert insert -> InsertCommand.bind(execution, sql, insert);
      case Update update -> UpdateCommand.bind(execution, sql, update);
      case Delete delete -> DeleteCommand.bind(execution, sql, delete);
      case LockedQuery query -> LockedQueryCommand.bind(execution, sql, query);
      case LockTable lock -> LockTableCommand.bind(execution, sql, lock);
      case SetConstraints set -> SetConstraintsCommand.bind(execution, sql, set);
      case Copy copy -> CopyCommand.bind(execution, sql, copy);
      case Explain explain -> {
        Command explained = bind(explain.statement());
        yield new ExplainCommand(explained.explain(), explained, explain.analyze());
      }
      case ObjectStatement object when ExtensionCommand.handles(object) ->
          new ExtensionCommand(sql, object);
      case ObjectStatement object ->
          throw DatabaseException.unsupported(object.command() + " is not supported");
      default ->
          throw DatabaseException.unsupported(statement.command() + " is not supported here");
    };
  }
}
