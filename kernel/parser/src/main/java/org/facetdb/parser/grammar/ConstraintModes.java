package org.facetdb.parser.grammar;

import org.facetdb.parser.Checking;
import org.jspecify.annotations.Nullable;

/** Collects when a constraint is checked while that is parsed. Confined to one parse. */
final class ConstraintModes {
  private @Nullable Boolean deferrable;
  private @Nullable Boolean deferred;

  void deferrable(ParserSupport support, boolean value) {
    if (deferrable != null) {
      throw support.errorAtLast("42601", "multiple DEFERRABLE/NOT DEFERRABLE clauses not allowed");
    }
    deferrable = value;
    requireAgreement(support);
  }

  void deferred(ParserSupport support, boolean value) {
    if (deferred != null) {
      throw support.errorAtLast(
          "42601", "multiple INITIALLY IMMEDIATE/DEFERRED clauses not allowed");
    }
    deferred = value;
    requireAgreement(support);
  }

  private void requireAgreement(ParserSupport support) {
    if (Boolean.FALSE.equals(deferrable) && Boolean.TRUE.equals(deferred)) {
      throw support.errorAtLast(
          "42601", "constraint declared INITIALLY DEFERRED must be DEFERRABLE");
    }
  }

  /** INITIALLY DEFERRED alone says that it is deferrable, too. */
  Checking checking() {
    if (Boolean.TRUE.equals(deferred)) {
      return Checking.INITIALLY_DEFERRED;
    }
    return Boolean.TRUE.equals(deferrable) ? Checking.INITIALLY_IMMEDIATE : Checking.NOT_DEFERRABLE;
  }
}
