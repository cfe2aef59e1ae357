<#-- Queries where PostgreSQL differs from the template. -->

/**
 * Parses a SELECT without ORDER BY: the clauses after the list stand each for itself.
 */
SqlSelect SqlSelect() :
{
    final List<SqlLiteral> keywords = new ArrayList<SqlLiteral>();
    final SqlLiteral keyword;
    final List<SqlNode> selectList = new ArrayList<SqlNode>();
    SqlNode fromClause = null;
    SqlNode where = null;
    SqlNodeList groupBy = null;
    SqlNode having = null;
    SqlNodeList windows = null;
    final Span s;
}
{
    <SELECT> { s = span(); }
    [
        keyword = AllOrDistinct() { keywords.add(keyword); }
        [ <ON> { support.notOffered("SELECT DISTINCT ON"); } ]
    ]
    AddSelectItem(selectList)
    ( <COMMA> AddSelectItem(selectList) )*
    [ <FROM> fromClause = FromClause() ]
    [ where = Where() ]
    [ groupBy = GroupBy() ]
    [ having = Having() ]
    [ windows = Window() ]
    {
        return new SqlSelect(s.end(this),
            new SqlNodeList(keywords, s.addAll(keywords).pos()),
            new SqlNodeList(selectList, Span.of(selectList).pos()),
            fromClause, where, groupBy, having, windows, null,
            null, null, null, SqlNodeList.EMPTY);
    }
}

/**
 * Parses one item of a select list; after AS any word is a name.
 */
void AddSelectItem(List<SqlNode> list) :
{
    SqlNode e;
    final SqlIdentifier id;
}
{
    e = SelectExpression()
    (
        <AS> id = AnyWord()
        { list.add(SqlStdOperatorTable.AS.createCall(span().end(e), e, id)); }
    |
        id = SimpleIdentifier()
        { list.add(SqlStdOperatorTable.AS.createCall(span().end(e), e, id)); }
    |
        { list.add(e); }
    )
}

/** Parses a name, which may be a reserved word. */
SqlIdentifier AnyWord() :
{
    final SqlIdentifier id;
}
{
    ReservedWord() { return new SqlIdentifier(unquotedIdentifier(), getPos()); }
|
    id = SimpleIdentifier() { return id; }
}

/** Accepts a reserved word. */
void ReservedWord() :
{
}
{
<#list parser.reservedKeywords as keyword>
    <${(keyword == "DEFAULT")?then("DEFAULT_", keyword)}>
<#sep>|
</#list>
}

/**
 * Parses ORDER BY, LIMIT, OFFSET and FETCH after a query, in any order of the last three.
 */
SqlNode OrderByLimitOpt(SqlNode e) :
{
    SqlNodeList orderBy = null;
    SqlNode offset = null;
    SqlNode fetch = null;
    boolean limited = false;
    final List<RowLocking> locking = new ArrayList<RowLocking>();
    final SqlParserPos first;
}
{
    { first = e.getParserPosition(); }
    [ orderBy = OrderBy(e.isA(SqlKind.QUERY)) ]
    (
        <LIMIT> { support.requireQuery(e); limited = true; }
        ( <ALL> | fetch = Expression(ExprContext.ACCEPT_SUB_QUERY) )
    |
        <OFFSET> { support.requireQuery(e); }
        offset = Expression(ExprContext.ACCEPT_SUB_QUERY)
        [ LOOKAHEAD(1) ( <ROW> | <ROWS> ) ]
    |
        <FETCH> { support.requireQuery(e); limited = true; }
        ( <FIRST> | <NEXT> )
        ( LOOKAHEAD({ support.isKind(1, ROW, ROWS) }) { fetch = LITERAL_ONE; }
        | fetch = Expression(ExprContext.ACCEPT_SUB_QUERY) )
        ( <ROW> | <ROWS> )
        ( <ONLY> | <WITH> <TIES> { support.notOffered("FETCH ... WITH TIES"); } )
    )*
    (
        LOOKAHEAD({ support.isKind(1, FOR) && !support.isKind(2, SYSTEM_TIME) })
        { support.requireQuery(e); }
        AddRowLocking(locking)
    )*
    {
        if (support.isNull(fetch)) {
            fetch = null;
        }
        if (support.isNull(offset)) {
            offset = null;
        }
        if (!locking.isEmpty()) {
            return new LockedQuery(first.plus(getPos()), e, orderBy, offset, fetch, locking);
        }
        if (orderBy == null && offset == null && fetch == null) {
            return e;
        }
        return new SqlOrderBy(first.plus(getPos()), e, Util.first(orderBy, SqlNodeList.EMPTY),
            offset, fetch);
    }
}

/** Parses FOR UPDATE and the like. */
void AddRowLocking(List<RowLocking> locking) :
{
    final Span s;
    final RowLocking.Strength strength;
    RowLocking.Policy policy = RowLocking.Policy.WAIT;
    final List<SqlIdentifier> tables = new ArrayList<SqlIdentifier>();
    SqlIdentifier table;
}
{
    <FOR> { s = span(); }
    (
        <UPDATE> { strength = RowLocking.Strength.UPDATE; }
    |
        <NO> <KEY> <UPDATE> { strength = RowLocking.Strength.NO_KEY_UPDATE; }
    |
        <SHARE> { strength = RowLocking.Strength.SHARE; }
    |
        <KEY> <SHARE> { strength = RowLocking.Strength.KEY_SHARE; }
    )
    [
        LOOKAHEAD(1)
        <OF> table = SimpleIdentifier() { tables.add(table); }
        ( <COMMA> table = SimpleIdentifier() { tables.add(table); } )*
    ]
    [
        LOOKAHEAD(1) <NOWAIT> { policy = RowLocking.Policy.NOWAIT; }
    |
        // The template's token of the word is none that can be a name.
        LOOKAHEAD({ support.isWord(1, "SKIP") }) SimpleIdentifier() <LOCKED> { policy = RowLocking.Policy.SKIP_LOCKED; }
    ]
    { locking.add(new RowLocking(s.end(this), strength, tables, policy)); }
}

/** Parses one query of a WITH list. */
void AddWithItem(List<SqlWithItem> list, SqlLiteral recursive) :
{
    final SqlIdentifier id;
    final SqlNodeList columnList;
    final SqlNode definition;
}
{
    id = SimpleIdentifier()
    ( columnList = ParenthesizedSimpleIdentifierList() | { columnList = null; } )
    <AS> [ [ <NOT> ] <MATERIALIZED> ]
    definition = ParenthesizedExpression(ExprContext.ACCEPT_QUERY)
    { list.add(new SqlWithItem(id.getParserPosition(), id, columnList, definition, recursive)); }
}

/**
 * Parses a table, a function, a sub-query or a join in parentheses, with its moment and alias.
 */
SqlNode TableRef3(ExprContext exprContext, boolean lateral) :
{
    final SqlIdentifier tableName;
    SqlNode tableRef;
    final SqlIdentifier alias;
    SqlNodeList columns = null;
}
{
    (
        LOOKAHEAD(2)
        [ <LATERAL> { lateral = true; } ]
        tableRef = ParenthesizedExpression(exprContext)
        { tableRef = addLateral(tableRef, lateral); }
    |
        LOOKAHEAD( [ <LATERAL> ] FunctionName() <LPAREN> )
        [ <LATERAL> { lateral = true; } ]
        tableName = FunctionName()
        tableRef = ImplicitTableFunctionCallArgs(tableName)
        [ LOOKAHEAD({ support.isKind(1, WITH) && support.isWord(2, "ordinality") })
          <WITH> { support.notOffered("WITH ORDINALITY"); } ]
        { tableRef = addLateral(tableRef, lateral); }
    |
        [ <ONLY> ]
        tableName = CompoundTableIdentifier() { tableRef = tableName; }
        [ <STAR> ]
        [ LOOKAHEAD(2) tableRef = Snapshot(tableRef) ]
    )
    [
        LOOKAHEAD({ support.startsAlias() })
        [ <AS> ] alias = SimpleIdentifier()
        [ columns = ParenthesizedSimpleIdentifierList() ]
        {
            checkNotJoin(tableRef);
            List<SqlNode> operands = new ArrayList<SqlNode>();
            operands.add(tableRef);
            operands.add(alias);
            if (columns != null) {
                operands.addAll(columns.getList());
            }
            tableRef = SqlStdOperatorTable.AS.createCall(
                Span.of(tableRef).end(this), operands);
        }
        [
            LOOKAHEAD(2)
            { support.notOffered("FOR SYSTEM_TIME after the alias (write it before)"); }
            <FOR> <SYSTEM_TIME>
        ]
    ]
    { return tableRef; }
}

/** Parses the arguments of a function in FROM. */
SqlNode ImplicitTableFunctionCallArgs(SqlIdentifier name) :
{
    final List<SqlNode> args = new ArrayList<SqlNode>();
    final Span s;
}
{
    { s = Span.of(name); }
    <LPAREN>
    [ AddArgument(args) ( <COMMA> AddArgument(args) )* ]
    <RPAREN>
    {
        final SqlParserPos pos = s.end(this);
        return SqlStdOperatorTable.COLLECTION_TABLE.createCall(pos,
            createCall(name, pos, SqlFunctionCategory.USER_DEFINED_TABLE_FUNCTION, null, args));
    }
}

/**
 * Parses FOR SYSTEM_TIME AS OF with a moment, or with a log sequence.
 */
SqlSnapshot Snapshot(SqlNode tableRef) :
{
    final Span s;
    SqlNode e;
}
{
    <FOR> { s = span(); } <SYSTEM_TIME> <AS> <OF>
    (
        LOOKAHEAD({ support.startsSequence() })
        <SEQUENCE> e = RestrictedExpression()
        { e = SystemTime.SEQUENCE.createCall(s.end(this), e); }
    |
        e = Expression(ExprContext.ACCEPT_SUB_QUERY)
    )
    { return new SqlSnapshot(s.add(tableRef).end(this), tableRef, e); }
}

/**
 * Parses a join to the table or join before it. Without CROSS and NATURAL it needs a condition, so
 * a join that comes before the condition belongs to the right side: a JOIN b JOIN c ON .. ON ..
 */
SqlNode JoinTable(SqlNode e) :
{
    final SqlLiteral natural;
    final SqlLiteral type;
    SqlNode right;
    final SqlNode condition;
    final SqlLiteral kind;
}
{
    natural = Natural() type = JoinType()
    right = TableRef1(ExprContext.ACCEPT_QUERY_OR_JOIN)
    { support.beginJoinCondition(natural, type); }
    (
        LOOKAHEAD({ support.nestsJoin() })
        right = JoinTable(right)
        { support.beginJoinCondition(natural, type); }
    )*
    (
        LOOKAHEAD({ support.joinTakes(ON) })
        <ON> { kind = JoinConditionType.ON.symbol(getPos()); }
        condition = Expression(ExprContext.ACCEPT_SUB_QUERY)
    |
        LOOKAHEAD({ support.joinTakes(USING) })
        <USING> { kind = JoinConditionType.USING.symbol(getPos()); }
        condition = ParenthesizedSimpleIdentifierList()
        [ LOOKAHEAD(1) <AS> { support.notOffered("USING (...) AS alias"); } ]
    |
        {
            support.requireNoConditionNeeded();
            kind = JoinConditionType.NONE.symbol(type.getParserPosition());
            condition = null;
        }
    )
    { return new SqlJoin(type.getParserPosition(), e, natural, type, right, kind, condition); }
}
