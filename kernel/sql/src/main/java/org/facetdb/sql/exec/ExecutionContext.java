package org.facetdb.sql.exec;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.facetdb.spi.function.FunctionContext;
import org.facetdb.sql.function.SessionAccess;
import org.facetdb.storage.Reader;
import org.jspecify.annotations.Nullable;

/**
 * What one execution of a statement may see: data, parameters, clock, settings, limits.
 *
 * <p>Used by the executing thread alone, but for the cancellation token. The context owns nothing:
 * readers are closed by the session that made them. Correlation values are the only state that
 * changes while the statement runs.
 */
public final class ExecutionContext implements FunctionContext, SessionAccess.Holder {
  private final @Nullable Reader reader;
  private final @Nullable LongFunction<Reader> readersAt;
  private final List<@Nullable Object> parameters;
  private final CancellationToken cancellation;
  private final MemoryAccount memory;
  private final Instant statementTime;
  private final Instant transactionTime;
  private final ZoneId zone;
  private final String principal;
  private final Map<String, String> settings;
  private final RandomGenerator random;
  private final LongSupplier currentSequence;
  private final @Nullable Supplier<SearchAccess> searches;
  private final @Nullable SessionAccess session;
  private final Map<Integer, @Nullable Object[]> correlations = new HashMap<>();

  private ExecutionContext(Builder builder) {
    this.reader = builder.reader;
    this.readersAt = builder.readersAt;
    this.parameters = builder.parameters;
    this.cancellation = builder.cancellation;
    this.memory = builder.memory;
    this.statementTime = builder.statementTime;
    this.transactionTime =
        builder.transactionTime == null ? builder.statementTime : builder.transactionTime;
    this.zone = builder.zone;
    this.principal = builder.principal;
    this.settings = Map.copyOf(builder.settings);
    this.random = builder.random;
    this.currentSequence = builder.currentSequence;
    this.searches = builder.searches;
    this.session = builder.session;
  }

  /** A builder whose defaults suit expressions without data: no reader, UTC, 1 GiB of memory. */
  public static Builder builder() {
    return new Builder();
  }

  /** The statement's view of the data. */
  public Reader reader() {
    if (reader == null) {
      throw new IllegalStateException("this execution has no reader");
    }
    return reader;
  }

  /**
   * A view of the data as of a commit timestamp (FOR SYSTEM_TIME AS OF); the session owns it.
   *
   * @throws org.facetdb.storage.StorageException where the timestamp is outside the retention
   */
  public Reader readerAt(long timestamp) {
    if (readersAt == null) {
      throw new IllegalStateException("this execution has no history");
    }
    return readersAt.apply(timestamp);
  }

  /** The value of a parameter in canonical boxed form; {@code index} counts from 0. */
  public @Nullable Object parameter(int index) {
    if (index < 0 || index >= parameters.size()) {
      throw ExecErrors.user("42P02", "there is no parameter $" + (index + 1));
    }
    return parameters.get(index);
  }

  /** How many parameter values there are. */
  public int parameterCount() {
    return parameters.size();
  }

  public CancellationToken cancellation() {
    return cancellation;
  }

  /** Throws SQLSTATE 57014 if the statement was asked to stop. */
  public void checkCancelled() {
    cancellation.check();
  }

  public MemoryAccount memory() {
    return memory;
  }

  /** When the statement began. */
  public Instant statementTime() {
    return statementTime;
  }

  /** When the transaction began: {@code now()}. */
  public Instant transactionTime() {
    return transactionTime;
  }

  @Override
  public long statementMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, statementTime);
  }

  @Override
  public long transactionMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, transactionTime);
  }

  @Override
  public SessionAccess session() {
    if (session == null) {
      throw ExecErrors.user("0A000", "there is no session here");
    }
    return session;
  }

  @Override
  public long currentSequence() {
    return currentSequence.getAsLong();
  }

  /** The session's time zone. */
  @Override
  public ZoneId zone() {
    return zone;
  }

  /** The user on whose behalf the statement runs. */
  @Override
  public String principal() {
    return principal;
  }

  /** The way to plug-ins' indexes. */
  public SearchAccess searches() {
    if (searches == null) {
      throw ExecErrors.user("0A000", "a search is not possible here");
    }
    return searches.get();
  }

  /** A setting of the session, by lower-case name. */
  public @Nullable String setting(String name) {
    return settings.get(name);
  }

  /** Randomness for {@code random()} and {@code gen_random_uuid()}. */
  @Override
  public RandomGenerator random() {
    return random;
  }

  /**
   * Binds the outer row of a correlation for the inner side that is about to run.
   *
   * @param row canonical boxed values by outer column index
   */
  public void bindCorrelation(int correlation, @Nullable Object[] row) {
    correlations.put(correlation, row);
  }

  /** The value of a column of the outer row bound to a correlation. */
  public @Nullable Object correlationValue(int correlation, int column) {
    @Nullable Object[] row = correlations.get(correlation);
    if (row == null) {
      throw new IllegalStateException("correlation is not bound: " + correlation);
    }
    return row[column];
  }

  /** Collects the parts of a context; every part has a default. */
  public static final class Builder {
    private @Nullable Reader reader;
    private @Nullable LongFunction<Reader> readersAt;
    private List<@Nullable Object> parameters = List.of();
    private CancellationToken cancellation = new CancellationToken();
    private MemoryAccount memory = new MemoryAccount(1L << 30);
    private Instant statementTime = Instant.EPOCH;
    private @Nullable Instant transactionTime;
    private ZoneId zone = ZoneOffset.UTC;
    private String principal = "";
    private Map<String, String> settings = Map.of();
    private RandomGenerator random = new java.util.SplittableRandom(0);

    private LongSupplier currentSequence = () -> 0;
    private @Nullable Supplier<SearchAccess> searches;
    private @Nullable SessionAccess session;

    private Builder() {}

    public Builder reader(Reader value) {
      reader = value;
      return this;
    }

    public Builder readersAt(LongFunction<Reader> value) {
      readersAt = value;
      return this;
    }

    public Builder parameters(List<@Nullable Object> value) {
      parameters = value;
      return this;
    }

    public Builder cancellation(CancellationToken value) {
      cancellation = value;
      return this;
    }

    public Builder memory(MemoryAccount value) {
      memory = value;
      return this;
    }

    public Builder statementTime(Instant value) {
      statementTime = value;
      return this;
    }

    public Builder transactionTime(Instant value) {
      transactionTime = value;
      return this;
    }

    public Builder zone(ZoneId value) {
      zone = value;
      return this;
    }

    public Builder principal(String value) {
      principal = value;
      return this;
    }

    public Builder settings(Map<String, String> value) {
      settings = value;
      return this;
    }

    public Builder random(RandomGenerator value) {
      random = value;
      return this;
    }

    public Builder searches(Supplier<SearchAccess> value) {
      searches = value;
      return this;
    }

    /** Where {@code facetdb_current_sequence()} asks. */
    public Builder currentSequence(LongSupplier value) {
      currentSequence = value;
      return this;
    }

    /** The session that executes. */
    public Builder session(SessionAccess value) {
      session = value;
      return this;
    }

    public ExecutionContext build() {
      return new ExecutionContext(this);
    }
  }
}
