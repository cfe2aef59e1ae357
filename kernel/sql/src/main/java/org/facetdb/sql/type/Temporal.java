package org.facetdb.sql.type;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Days and microseconds against java.time. Stateless. The time 24:00:00, which java.time lacks, is
 * boxed as the last nanosecond of the day.
 */
public final class Temporal {
  private static final LocalTime END_OF_DAY = LocalTime.MAX;

  private Temporal() {}

  public static LocalDate date(int days) {
    return LocalDate.ofEpochDay(days);
  }

  public static int days(Object date) {
    return Math.toIntExact(((LocalDate) date).toEpochDay());
  }

  public static LocalTime time(long micros) {
    return micros >= DateTimeText.MICROS_PER_DAY
        ? END_OF_DAY
        : LocalTime.ofNanoOfDay(micros * 1000);
  }

  public static long microsOfDay(Object time) {
    LocalTime value = (LocalTime) time;
    return value.equals(END_OF_DAY) ? DateTimeText.MICROS_PER_DAY : value.toNanoOfDay() / 1000;
  }

  public static LocalDateTime timestamp(long micros) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(micros, DateTimeText.MICROS_PER_SECOND),
        (int) Math.floorMod(micros, DateTimeText.MICROS_PER_SECOND) * 1000,
        ZoneOffset.UTC);
  }

  public static long micros(Object timestamp) {
    LocalDateTime value = (LocalDateTime) timestamp;
    return Math.addExact(
        Math.multiplyExact(value.toEpochSecond(ZoneOffset.UTC), DateTimeText.MICROS_PER_SECOND),
        value.getNano() / 1000);
  }

  public static OffsetDateTime timestampTz(long micros) {
    return timestamp(micros).atOffset(ZoneOffset.UTC);
  }

  public static long microsTz(Object timestamp) {
    return micros(
        ((OffsetDateTime) timestamp).withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime());
  }

  /** Microseconds since 1970 UTC of an instant. */
  public static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), DateTimeText.MICROS_PER_SECOND),
        instant.getNano() / 1000);
  }
}
