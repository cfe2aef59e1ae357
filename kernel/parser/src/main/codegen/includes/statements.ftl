<#-- Statements other than queries and table definitions. -->

/** Parses a statement. */
SqlNode SqlStmt() :
{
    final SqlNode stmt;
}
{
    (
        LOOKAHEAD(1) stmt = InsertStatement()
    |
        LOOKAHEAD(1) stmt = UpdateStatement()
    |
        LOOKAHEAD(1) stmt = DeleteStatement()
    |
        LOOKAHEAD(1) stmt = CreateStatement()
    |
        LOOKAHEAD(1) stmt = DropStatement()
    |
        LOOKAHEAD(1) stmt = AlterStatement()
    |
        LOOKAHEAD(1) stmt = TruncateStatement()
    |
        LOOKAHEAD(1) stmt = TransactionStatement()
    |
        LOOKAHEAD(1) stmt = CopyStatement()
    |
        LOOKAHEAD(1) stmt = ExplainStatement()
    |
        LOOKAHEAD(1) stmt = AnalyzeStatement()
    |
        LOOKAHEAD(1) stmt = VacuumStatement()
    |
        LOOKAHEAD(1) stmt = CheckpointStatement()
    |
        LOOKAHEAD(1) stmt = LockStatement()
    |
        LOOKAHEAD(1) stmt = BackupStatement()
    |
        LOOKAHEAD(1) stmt = SetStatement()
    |
        LOOKAHEAD(1) stmt = ResetStatement()
    |
        LOOKAHEAD(1) stmt = ShowStatement()
    |
        // Last, because the words that begin the others are names in an expression.
        stmt = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
    )
    { return stmt; }
}

/** Parses INSERT. */
SqlNode InsertStatement() :
{
    final Span s;
    final SqlIdentifier table;
    SqlIdentifier alias = null;
    SqlNodeList columns = SqlNodeList.EMPTY;
    SqlNode source = null;
    OnConflict conflict = null;
    List<SqlNode> returning = ImmutableList.of();
}
{
    <INSERT> { s = span(); } <INTO> table = CompoundTableIdentifier()
    [ <AS> alias = SimpleIdentifier() ]
    [ LOOKAHEAD({ support.startsColumnList() }) columns = ParenthesizedSimpleIdentifierList() ]
    (
        <DEFAULT_> <VALUES>
    |
        source = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
    )
    [ conflict = OnConflictClause() ]
    [ returning = ReturningClause() ]
    {
        return new Insert(s.end(this), table, alias, support.names(columns), source, conflict,
            returning);
    }
}

/** Parses ON CONFLICT. */
OnConflict OnConflictClause() :
{
    SqlNodeList columns = SqlNodeList.EMPTY;
    List<Assignment> assignments = ImmutableList.of();
    SqlNode where = null;
}
{
    <ON> <CONFLICT>
    [ columns = ParenthesizedSimpleIdentifierList() ]
    <DO>
    (
        <NOTHING>
    |
        <UPDATE> <SET> assignments = Assignments()
        [ where = Where() ]
    )
    { return new OnConflict(support.names(columns), assignments, where); }
}

/** Parses RETURNING. */
List<SqlNode> ReturningClause() :
{
    final List<SqlNode> list = new ArrayList<SqlNode>();
}
{
    <RETURNING> AddSelectItem(list) ( <COMMA> AddSelectItem(list) )*
    { return list; }
}

/** Parses UPDATE. */
SqlNode UpdateStatement() :
{
    final Span s;
    final SqlIdentifier table;
    final SqlIdentifier alias;
    final List<Assignment> assignments;
    SqlNode from = null;
    SqlNode where = null;
    List<SqlNode> returning = ImmutableList.of();
}
{
    <UPDATE> { s = span(); } [ <ONLY> ] table = CompoundTableIdentifier()
    alias = TargetAlias()
    <SET> assignments = Assignments()
    [ <FROM> from = FromClause() ]
    [ where = Where() ]
    [ returning = ReturningClause() ]
    { return new Update(s.end(this), table, alias, assignments, from, where, returning); }
}

/** Parses the alias of a target, or nothing. */
SqlIdentifier TargetAlias() :
{
    SqlIdentifier alias = null;
}
{
    [
        LOOKAHEAD({ support.startsAlias() && !support.isKind(1, SET) })
        [ <AS> ] alias = SimpleIdentifier()
    ]
    { return alias; }
}

/** Parses the assignments after SET. */
List<Assignment> Assignments() :
{
    final List<Assignment> list = new ArrayList<Assignment>();
}
{
    AddAssignment(list) ( <COMMA> AddAssignment(list) )*
    { return list; }
}

/** Parses one assignment. */
void AddAssignment(List<Assignment> list) :
{
    final SqlIdentifier column;
    final SqlNodeList columns;
    SqlNode value;
    final SqlNodeList values;
    boolean row = false;
}
{
    column = SimpleIdentifier() <EQ>
    ( value = Default() | value = Expression(ExprContext.ACCEPT_SUB_QUERY) )
    { list.add(new Assignment(ImmutableList.of(column), value)); }
|
    columns = ParenthesizedSimpleIdentifierList() <EQ>
    [ <ROW> { row = true; } ]
    values = ParenthesizedQueryOrCommaListWithDefault(ExprContext.ACCEPT_NONCURSOR)
    {
        value = values.size() == 1 && !row && values.get(0).isA(SqlKind.QUERY)
            ? values.get(0)
            : SqlStdOperatorTable.ROW.createCall(values.getParserPosition(),
                (List<SqlNode>) values);
        support.requireSize(columns, value);
        list.add(new Assignment(support.names(columns), value));
    }
}

/** Parses DELETE. */
SqlNode DeleteStatement() :
{
    final Span s;
    final SqlIdentifier table;
    final SqlIdentifier alias;
    SqlNode using = null;
    SqlNode where = null;
    List<SqlNode> returning = ImmutableList.of();
}
{
    <DELETE> { s = span(); } <FROM> [ <ONLY> ] table = CompoundTableIdentifier()
    alias = TargetAlias()
    [ <USING> using = FromClause() ]
    [ where = Where() ]
    [ returning = ReturningClause() ]
    { return new Delete(s.end(this), table, alias, using, where, returning); }
}

/** Parses TRUNCATE. */
SqlNode TruncateStatement() :
{
    final Span s;
    final List<SqlIdentifier> names;
    final boolean cascade;
}
{
    <TRUNCATE> { s = span(); } [ <TABLE> ] names = TableNames()
    cascade = CascadeOption()
    { return new Truncate(s.end(this), names, cascade); }
}

/** Parses names with commas between. */
List<SqlIdentifier> TableNames() :
{
    SqlIdentifier id;
    final List<SqlIdentifier> list = new ArrayList<SqlIdentifier>();
}
{
    id = CompoundTableIdentifier() { list.add(id); }
    ( <COMMA> id = CompoundTableIdentifier() { list.add(id); } )*
    { return list; }
}

/** Parses CASCADE or RESTRICT, or nothing. */
boolean CascadeOption() :
{
}
{
    <CASCADE> { return true; }
|
    [ <RESTRICT> ] { return false; }
}

/** Parses the statements that begin, end and mark transactions. */
SqlNode TransactionStatement() :
{
    final Span s;
    SqlIdentifier name;
    boolean chain = false;
    TransactionModes modes = new TransactionModes();
}
{
    ( <BEGIN> { s = span(); } [ <WORK> | <TRANSACTION> ] | <START> { s = span(); } <TRANSACTION> )
    Modes(modes)
    { return modes.statement(TransactionStatement.Action.BEGIN, s.end(this)); }
|
    ( <COMMIT> | <END> ) { s = span(); } [ <WORK> | <TRANSACTION> ] chain = ChainOption()
    { return new TransactionStatement(s.end(this), TransactionStatement.Action.COMMIT, null, null,
        null, null, chain); }
|
    <SAVEPOINT> { s = span(); } name = SimpleIdentifier()
    { return new TransactionStatement(s.end(this), TransactionStatement.Action.SAVEPOINT, name,
        null, null, null, false); }
|
    <RELEASE> { s = span(); } [ LOOKAHEAD(2) <SAVEPOINT> ] name = SimpleIdentifier()
    { return new TransactionStatement(s.end(this), TransactionStatement.Action.RELEASE, name,
        null, null, null, false); }
|
    ( <ROLLBACK> | <ABORT> ) { s = span(); } [ <WORK> | <TRANSACTION> ]
    (
        <TO> [ LOOKAHEAD(2) <SAVEPOINT> ] name = SimpleIdentifier()
        { return new TransactionStatement(s.end(this), TransactionStatement.Action.ROLLBACK_TO,
            name, null, null, null, false); }
    |
        chain = ChainOption()
        { return new TransactionStatement(s.end(this), TransactionStatement.Action.ROLLBACK, null,
            null, null, null, chain); }
    )
}

/** Parses AND CHAIN, AND NO CHAIN or nothing. */
boolean ChainOption() :
{
    boolean chain = true;
}
{
    <AND> [ <NO> { chain = false; } ] <CHAIN> { return chain; }
|
    { return false; }
}

/** Parses transaction modes, with commas or without. */
void Modes(TransactionModes modes) :
{
}
{
    [ Mode(modes) ( [ <COMMA> ] Mode(modes) )* ]
}

/** Parses one transaction mode. */
void Mode(TransactionModes modes) :
{
}
{
    <ISOLATION> <LEVEL>
    (
        LOOKAHEAD(2)
        <READ> <COMMITTED>
        { modes.isolation = TransactionStatement.Isolation.READ_COMMITTED; }
    |
        <READ> <UNCOMMITTED>
        { modes.isolation = TransactionStatement.Isolation.READ_UNCOMMITTED; }
    |
        <REPEATABLE> <READ>
        { modes.isolation = TransactionStatement.Isolation.REPEATABLE_READ; }
    |
        <SERIALIZABLE> { modes.isolation = TransactionStatement.Isolation.SERIALIZABLE; }
    )
|
    <READ> ( <ONLY> { modes.readOnly = true; } | <WRITE> { modes.readOnly = false; } )
|
    { modes.deferrable = true; } [ <NOT> { modes.deferrable = false; } ] <DEFERRABLE>
}

/** Parses COPY. */
SqlNode CopyStatement() :
{
    final Span s;
    SqlIdentifier table = null;
    SqlNodeList columns = SqlNodeList.EMPTY;
    SqlNode query = null;
    final boolean from;
    String file = null;
    final List<Option> settings = new ArrayList<Option>();
}
{
    <COPY> { s = span(); }
    (
        <LPAREN> query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY) <RPAREN>
        <TO> { from = false; }
    |
        table = CompoundTableIdentifier()
        [ columns = ParenthesizedSimpleIdentifierList() ]
        ( <FROM> { from = true; } | <TO> { from = false; } )
    )
    (
        <QUOTED_STRING> { file = support.stringValue(token); }
    |
        ( <STDIN> | <STDOUT> )
    )
    [ <WITH> ]
    (
        <LPAREN> AddOption(settings) ( <COMMA> AddOption(settings) )* <RPAREN>
    |
        ( AddOldCopyOption(settings) )*
    )
    [ <WHERE> { support.notOffered("COPY ... WHERE"); } ]
    {
        return new Copy(s.end(this), table, support.names(columns), query, from, file, settings);
    }
}

/** Parses an option of COPY as it was written before there were parentheses. */
void AddOldCopyOption(List<Option> settings) :
{
    final SqlIdentifier name;
    final SqlNode value;
}
{
    name = OptionName()
    [ LOOKAHEAD(1) <AS> ]
    ( LOOKAHEAD(1) value = StringLiteral() | { value = null; } )
    { settings.add(support.oldCopyOption(name, value)); }
}

/** Parses an option: its name, and a value with or without an equal sign. */
void AddOption(List<Option> settings) :
{
    final SqlIdentifier name;
    SqlNode value = null;
}
{
    name = OptionName()
    [ [ <EQ> ] value = OptionValue() ]
    { settings.add(new Option(name.toString().toLowerCase(Locale.ROOT), value)); }
}

/** Parses the name of an option, which may be a reserved word or have dots. */
SqlIdentifier OptionName() :
{
    final SqlIdentifier id;
}
{
    ReservedWord() { return new SqlIdentifier(unquotedIdentifier(), getPos()); }
|
    id = CompoundTableIdentifier() { return id; }
}

/** Parses the value of an option: a literal, a word, a list in parentheses or a star. */
SqlNode OptionValue() :
{
    final SqlNode e;
    final List<SqlNode> list = new ArrayList<SqlNode>();
    final Span s;
}
{
    (
        e = NumericLiteral()
    |
        e = StringLiteral()
    |
        e = DynamicParam()
    |
        <STAR> { e = SqlIdentifier.star(getPos()); }
    |
        e = OptionName()
    |
        <LPAREN> { s = span(); }
        AddOptionValues(list)
        <RPAREN> { e = new SqlNodeList(list, s.end(this)); }
    )
    { return e; }
}

/** Parses option values with commas between. */
void AddOptionValues(List<SqlNode> list) :
{
    SqlNode e;
}
{
    e = OptionValue() { list.add(e); }
    ( <COMMA> e = OptionValue() { list.add(e); } )*
}

/** Parses a list of settings in parentheses. */
List<Option> ParenthesizedOptions() :
{
    final List<Option> list = new ArrayList<Option>();
}
{
    <LPAREN> [ AddOption(list) ( <COMMA> AddOption(list) )* ] <RPAREN>
    { return list; }
}

/** Parses EXPLAIN. */
SqlNode ExplainStatement() :
{
    final Span s;
    boolean analyze = false;
    List<Option> settings = ImmutableList.of();
    final SqlNode statement;
}
{
    <EXPLAIN> { s = span(); }
    (
        LOOKAHEAD({ support.startsOptionList() }) settings = ParenthesizedOptions()
    |
        [ <ANALYZE> { analyze = true; } ] [ <VERBOSE> ]
    )
    statement = SqlStmt()
    {
        return new Explain(s.end(this), analyze || support.isOn(settings, "analyze"),
            support.without(settings, "analyze"), statement);
    }
}

/** Parses ANALYZE. */
SqlNode AnalyzeStatement() :
{
    final Span s;
    SqlIdentifier table = null;
    SqlNodeList columns = SqlNodeList.EMPTY;
}
{
    <ANALYZE> { s = span(); } [ LOOKAHEAD(1) <VERBOSE> ]
    [ table = CompoundTableIdentifier() [ columns = ParenthesizedSimpleIdentifierList() ] ]
    { return new Analyze(s.end(this), table, support.names(columns)); }
}

/** Parses LOCK. */
SqlNode LockStatement() :
{
    final Span s;
    final List<SqlIdentifier> tables = new ArrayList<SqlIdentifier>();
    LockTable.Mode mode = LockTable.Mode.ACCESS_EXCLUSIVE;
    boolean noWait = false;
}
{
    <LOCK> { s = span(); }
    [ <TABLE> ]
    AddLockedTable(tables) ( <COMMA> AddLockedTable(tables) )*
    [ <IN> mode = TableLockMode() <MODE> ]
    [ LOOKAHEAD(1) <NOWAIT> { noWait = true; } ]
    { return new LockTable(s.end(this), tables, mode, noWait); }
}

/** Parses a table of LOCK. */
void AddLockedTable(List<SqlIdentifier> tables) :
{
    final SqlIdentifier table;
}
{
    [ <ONLY> ] table = CompoundTableIdentifier() { tables.add(table); }
}

/** Parses the mode of LOCK. */
LockTable.Mode TableLockMode() :
{
    LockTable.Mode mode;
}
{
    <ACCESS>
    (
        <SHARE> { return LockTable.Mode.ACCESS_SHARE; }
    |
        <EXCLUSIVE> { return LockTable.Mode.ACCESS_EXCLUSIVE; }
    )
|
    <ROW>
    (
        <SHARE> { return LockTable.Mode.ROW_SHARE; }
    |
        <EXCLUSIVE> { return LockTable.Mode.ROW_EXCLUSIVE; }
    )
|
    <SHARE> { mode = LockTable.Mode.SHARE; }
    [
        <UPDATE> <EXCLUSIVE> { mode = LockTable.Mode.SHARE_UPDATE_EXCLUSIVE; }
    |
        <ROW> <EXCLUSIVE> { mode = LockTable.Mode.SHARE_ROW_EXCLUSIVE; }
    ]
    { return mode; }
|
    <EXCLUSIVE> { return LockTable.Mode.EXCLUSIVE; }
}

/** Parses VACUUM. */
SqlNode VacuumStatement() :
{
    final Span s;
    List<Option> settings = new ArrayList<Option>();
    final List<SqlIdentifier> tables = new ArrayList<SqlIdentifier>();
}
{
    <VACUUM> { s = span(); }
    (
        settings = ParenthesizedOptions()
    |
        [ <FULL> { settings.add(new Option("full", null)); } ]
        [ LOOKAHEAD(1) <FREEZE> { settings.add(new Option("freeze", null)); } ]
        [ LOOKAHEAD(1) <VERBOSE> { settings.add(new Option("verbose", null)); } ]
        [ <ANALYZE> { settings.add(new Option("analyze", null)); } ]
    )
    [ AddVacuumTable(tables) ( <COMMA> AddVacuumTable(tables) )* ]
    { return new Vacuum(s.end(this), settings, tables); }
}

/** Parses a table of VACUUM; its columns only say what to analyze. */
void AddVacuumTable(List<SqlIdentifier> tables) :
{
    final SqlIdentifier table;
}
{
    table = CompoundTableIdentifier() [ ParenthesizedSimpleIdentifierList() ]
    { tables.add(table); }
}

/** Parses CHECKPOINT. */
SqlNode CheckpointStatement() :
{
    final Span s;
}
{
    <CHECKPOINT> { s = span(); return new Checkpoint(s.end(this)); }
}

/** Parses BACKUP. */
SqlNode BackupStatement() :
{
    final Span s;
    final String folder;
}
{
    <BACKUP> { s = span(); } <TO> <QUOTED_STRING> { folder = support.stringValue(token); }
    { return new Backup(s.end(this), folder); }
}

/** Parses SET in its forms. */
SqlNode SetStatement() :
{
    final Span s;
    boolean local = false;
    final SqlIdentifier name;
    final List<SqlNode> values = new ArrayList<SqlNode>();
    final TransactionModes modes = new TransactionModes();
    final List<SqlIdentifier> constraints = new ArrayList<SqlIdentifier>();
    boolean deferred = false;
    SqlIdentifier constraint;
}
{
    <SET> { s = span(); }
    (
        LOOKAHEAD({ support.isKind(1, CONSTRAINTS) })
        <CONSTRAINTS>
        (
            <ALL>
        |
            constraint = CompoundTableIdentifier() { constraints.add(constraint); }
            ( <COMMA> constraint = CompoundTableIdentifier() { constraints.add(constraint); } )*
        )
        ( <DEFERRED> { deferred = true; } | <IMMEDIATE> )
        { return new SetConstraints(s.end(this), constraints, deferred); }
    |
        LOOKAHEAD({ support.isKind(1, TRANSACTION) })
        <TRANSACTION> Modes(modes)
        { return modes.statement(TransactionStatement.Action.SET_TRANSACTION, s.end(this)); }
    |
        LOOKAHEAD(2)
        <SESSION> <CHARACTERISTICS> <AS> <TRANSACTION> Modes(modes)
        { return modes.statement(TransactionStatement.Action.SET_SESSION, s.end(this)); }
    |
        [ LOOKAHEAD({ support.isScope() }) ( <SESSION> | <LOCAL> { local = true; } ) ]
        (
            LOOKAHEAD(2)
            <TIME> <ZONE> { name = new SqlIdentifier("timezone", getPos()); }
            SetValues(values)
        |
            name = CompoundTableIdentifier() ( <TO> | <EQ> ) SetValues(values)
        )
        { return new SetVariable(s.end(this), local, name, values); }
    )
}

/** Parses the values of a setting; DEFAULT gives none. */
void SetValues(List<SqlNode> values) :
{
}
{
    <DEFAULT_>
|
    AddOptionValues(values)
}

/** Parses RESET. */
SqlNode ResetStatement() :
{
    final Span s;
    final SqlIdentifier name;
}
{
    <RESET> { s = span(); } name = SettingName()
    { return new SetVariable(s.end(this), false, name, ImmutableList.<SqlNode>of()); }
}

/** Parses SHOW. */
SqlNode ShowStatement() :
{
    final Span s;
    final SqlIdentifier name;
}
{
    <SHOW> { s = span(); } name = SettingName()
    { return new ShowVariable(s.end(this), name); }
}

/** Parses the name of a setting. */
SqlIdentifier SettingName() :
{
    final SqlIdentifier name;
    final Span s;
}
{
    <ALL> { return new SqlIdentifier("all", getPos()); }
|
    LOOKAHEAD(2)
    <TIME> { s = span(); } <ZONE> { return new SqlIdentifier("timezone", s.end(this)); }
|
    LOOKAHEAD(2)
    <TRANSACTION> { s = span(); } <ISOLATION> <LEVEL>
    { return new SqlIdentifier("transaction_isolation", s.end(this)); }
|
    name = CompoundTableIdentifier() { return name; }
}
