package org.facetdb.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalValues;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.junit.jupiter.api.Test;

/** The kernel runs as named modules, and Calcite with it. */
class CalciteOnModulePathTest {
  @Test
  void thisModuleIsNamed() {
    assertEquals("org.facetdb.sql", getClass().getModule().getName());
    assertTrue(RelOptUtil.class.getModule().isNamed());
  }

  @Test
  void hepReducesAFilterOverValues() {
    RexBuilder rex = new RexBuilder(new SqlTypeFactoryImpl(RelDataTypeSystem.DEFAULT));
    HepPlanner planner =
        new HepPlanner(HepProgram.builder().addRuleInstance(CoreRules.FILTER_VALUES_MERGE).build());
    RelOptCluster cluster = RelOptCluster.create(planner, rex);
    var integer = rex.getTypeFactory().createSqlType(SqlTypeName.INTEGER);
    var rowType = rex.getTypeFactory().builder().add("a", integer).build();
    var one = rex.makeExactLiteral(BigDecimal.ONE, integer);
    var two = rex.makeExactLiteral(BigDecimal.TWO, integer);
    RelNode values =
        LogicalValues.create(
            cluster,
            rowType,
            com.google.common.collect.ImmutableList.of(
                com.google.common.collect.ImmutableList.of(one),
                com.google.common.collect.ImmutableList.of(two)));
    RelNode filter =
        LogicalFilter.create(
            values,
            rex.makeCall(
                SqlStdOperatorTable.GREATER_THAN, List.of(rex.makeInputRef(integer, 0), one)));
    planner.setRoot(filter);
    RelNode best = planner.findBestExp();
    assertEquals("LogicalValues(tuples=[[{ 2 }]])", RelOptUtil.toString(best).strip());
  }
}
