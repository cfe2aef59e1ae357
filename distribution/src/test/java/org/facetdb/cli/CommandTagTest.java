package org.facetdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandTagTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INSERT INTO t VALUES (1) | INSERT 0 3",
        "update t set a = 1 | UPDATE 3",
        "/* x */ delete from t | DELETE 3",
        "create unique index i on t (a) | CREATE INDEX",
        "CREATE TABLE t (a int) | CREATE TABLE",
        "drop table if exists t | DROP TABLE",
        "truncate t | TRUNCATE TABLE",
        "begin isolation level repeatable read | BEGIN",
        "start transaction | START TRANSACTION",
        "end | COMMIT",
        "abort | ROLLBACK",
        "copy t from 'f' | COPY 3",
        "set timezone = 'UTC' | SET",
      })
  void isPostgresWord(String sql, String tag) {
    assertEquals(tag, CommandTag.of(sql, 3));
  }
}
