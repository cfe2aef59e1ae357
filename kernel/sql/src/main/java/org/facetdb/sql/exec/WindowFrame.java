package org.facetdb.sql.exec;

import org.facetdb.sql.expr.VectorExpression;
import org.jspecify.annotations.Nullable;

/**
 * The frame of a window function.
 *
 * @param rows whether bounds count rows (ROWS) or peers (RANGE; without offsets)
 */
public record WindowFrame(boolean rows, Bound start, Bound end) {
  /** From the first row of the partition to the last peer: SQL's default. */
  public static final WindowFrame DEFAULT =
      new WindowFrame(
          false,
          new Bound(BoundKind.UNBOUNDED_PRECEDING, null),
          new Bound(BoundKind.CURRENT_ROW, null));

  /** Where a frame may begin or end. */
  public enum BoundKind {
    UNBOUNDED_PRECEDING,
    PRECEDING,
    CURRENT_ROW,
    FOLLOWING,
    UNBOUNDED_FOLLOWING
  }

  /**
   * One end of a frame.
   *
   * @param offset a number without columns, for PRECEDING and FOLLOWING
   */
  public record Bound(BoundKind kind, @Nullable VectorExpression offset) {}

  public WindowFrame {
    if (!rows && (start.offset() != null || end.offset() != null)) {
      throw ExecErrors.user("0A000", "RANGE with an offset is not supported");
    }
    if (start.kind() == BoundKind.UNBOUNDED_FOLLOWING) {
      throw ExecErrors.user("42P20", "frame start cannot be UNBOUNDED FOLLOWING");
    }
    if (end.kind() == BoundKind.UNBOUNDED_PRECEDING) {
      throw ExecErrors.user("42P20", "frame end cannot be UNBOUNDED PRECEDING");
    }
  }
}
