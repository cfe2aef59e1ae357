<#-- Scalar expressions: operands and operators as written, arranged by ExpressionBuilder. -->

/** Parses an expression with all operators. */
SqlNode Expression(ExprContext exprContext) :
{
    final ExpressionBuilder b = new ExpressionBuilder(support);
}
{
    Operand(b, exprContext)
    (
        LOOKAHEAD({ support.continuesExpression(true) })
        { checkNonQueryExpression(exprContext); }
        Tail(b)
    )*
    { return b.build(); }
}

/**
 * Parses an expression with the operators that bind closer than BETWEEN and LIKE: a bound, a
 * pattern.
 */
SqlNode RestrictedExpression() :
{
    final ExpressionBuilder b = new ExpressionBuilder(support);
}
{
    Operand(b, ExprContext.ACCEPT_SUB_QUERY)
    ( LOOKAHEAD({ support.continuesExpression(false) }) Tail(b) )*
    { return b.build(); }
}

/** Parses prefix operators and the operand after them. */
void Operand(ExpressionBuilder b, ExprContext exprContext) :
{
    final SqlNode e;
}
{
    (
        LOOKAHEAD(1)
        (
            <PLUS> { b.prefix(Level.SIGN, SqlStdOperatorTable.UNARY_PLUS, getPos()); }
        |
            <MINUS> { b.prefix(Level.SIGN, SqlStdOperatorTable.UNARY_MINUS, getPos()); }
        |
            <NOT> { b.prefix(Level.NOT, SqlStdOperatorTable.NOT, getPos()); }
        |
            <OPERATOR>
            { b.prefix(Level.OTHER, new NamedOperator(token.image, getPos()), getPos()); }
        )
        { checkNonQueryExpression(exprContext); }
    )*
    e = Primary(exprContext) { b.operand(e); }
}

/** Parses one operator after an operand, with its other operands. */
void Tail(ExpressionBuilder b) :
{
    final SqlOperator op;
    final SqlNode e;
    final SqlIdentifier id;
    final SqlDataTypeSpec type;
    final Span s;
}
{
    { s = Span.of(); }
    (
        <AND> { b.binary(Level.AND, SqlStdOperatorTable.AND, getPos()); }
        Operand(b, ExprContext.ACCEPT_SUB_QUERY)
    |
        <OR> { b.binary(Level.OR, SqlStdOperatorTable.OR, getPos()); }
        Operand(b, ExprContext.ACCEPT_SUB_QUERY)
    |
        <ISNULL> { b.postfix(Level.IS, SqlStdOperatorTable.IS_NULL, getPos()); }
    |
        <NOTNULL> { b.postfix(Level.IS, SqlStdOperatorTable.IS_NOT_NULL, getPos()); }
    |
        <IS> { s.add(this); } IsTail(b, s)
    |
        MatchTail(b, s)
    |
        ComparisonTail(b)
    |
        (
            <PLUS> { b.binary(Level.ADD, SqlStdOperatorTable.PLUS, getPos()); }
        |
            <MINUS> { b.binary(Level.ADD, SqlStdOperatorTable.MINUS, getPos()); }
        |
            <STAR> { b.binary(Level.MULTIPLY, SqlStdOperatorTable.MULTIPLY, getPos()); }
        |
            <SLASH> { b.binary(Level.MULTIPLY, SqlStdOperatorTable.DIVIDE, getPos()); }
        |
            <PERCENT_REMAINDER>
            { b.binary(Level.MULTIPLY, SqlStdOperatorTable.PERCENT_REMAINDER, getPos()); }
        |
            <CONCAT> { b.binary(Level.OTHER, SqlStdOperatorTable.CONCAT, getPos()); }
        |
            <CARET> { b.binary(Level.POWER, new NamedOperator("^", getPos()), getPos()); }
        |
            <OPERATOR>
            { b.binary(Level.OTHER, new NamedOperator(token.image, getPos()), getPos()); }
        |
            <AT> { s.add(this); } <TIME> <ZONE>
            { b.binary(Level.AT, support.function("timezone", s.end(this)), s.pos()); }
        )
        Operand(b, ExprContext.ACCEPT_SUB_QUERY)
    |
        <INFIX_CAST> { s.add(this); } type = DataType()
        { b.postfix(Level.CAST, SqlStdOperatorTable.CAST, s.end(this), type); }
    |
        <COLLATE> id = CompoundIdentifier() { support.requireCollation(id); }
    |
        <LBRACKET> { s.add(this); }
        e = Expression(ExprContext.ACCEPT_SUB_QUERY)
        [ <COLON> { support.notOffered("array slices"); } ]
        <RBRACKET>
        { b.postfix(Level.SUBSCRIPT, SqlStdOperatorTable.ITEM, s.end(this), e); }
    )
}

/** Parses what follows IS. */
void IsTail(ExpressionBuilder b, Span s) :
{
    boolean not = false;
}
{
    [ <NOT> { not = true; } ]
    (
        <NULL>
        { b.postfix(Level.IS,
            not ? SqlStdOperatorTable.IS_NOT_NULL : SqlStdOperatorTable.IS_NULL, s.end(this)); }
    |
        <TRUE>
        { b.postfix(Level.IS,
            not ? SqlStdOperatorTable.IS_NOT_TRUE : SqlStdOperatorTable.IS_TRUE, s.end(this)); }
    |
        <FALSE>
        { b.postfix(Level.IS,
            not ? SqlStdOperatorTable.IS_NOT_FALSE : SqlStdOperatorTable.IS_FALSE, s.end(this)); }
    |
        <UNKNOWN>
        { b.postfix(Level.IS,
            not ? SqlStdOperatorTable.IS_NOT_UNKNOWN : SqlStdOperatorTable.IS_UNKNOWN,
            s.end(this)); }
    |
        <DISTINCT> <FROM>
        { b.binary(Level.IS,
            not ? SqlStdOperatorTable.IS_NOT_DISTINCT_FROM : SqlStdOperatorTable.IS_DISTINCT_FROM,
            s.end(this)); }
        Operand(b, ExprContext.ACCEPT_SUB_QUERY)
    )
}

/** Parses IN, BETWEEN, LIKE and their like, with NOT before them. */
void MatchTail(ExpressionBuilder b, Span s) :
{
    boolean not = false;
    final SqlNode e;
    final SqlNode e2;
    final SqlNode escape;
    SqlOperator op;
    final SqlNodeList list;
}
{
    [ <NOT> { not = true; s.add(this); } ]
    (
        <IN> { s.add(this); }
        list = ParenthesizedQueryOrCommaList(ExprContext.ACCEPT_NONCURSOR)
        {
            b.postfix(Level.MATCH, not ? SqlStdOperatorTable.NOT_IN : SqlStdOperatorTable.IN,
                s.end(list), support.listOrQuery(list));
        }
    |
        <BETWEEN>
        {
            s.add(this);
            op = not ? SqlStdOperatorTable.NOT_BETWEEN : SqlStdOperatorTable.BETWEEN;
        }
        [
            <SYMMETRIC>
            { op = not ? SqlStdOperatorTable.SYMMETRIC_NOT_BETWEEN
                : SqlStdOperatorTable.SYMMETRIC_BETWEEN; }
        |
            <ASYMMETRIC>
        ]
        e = RestrictedExpression() <AND> e2 = RestrictedExpression()
        { b.postfix(Level.MATCH, op, s.end(e2), e, e2); }
    |
        (
            <LIKE> { op = not ? SqlStdOperatorTable.NOT_LIKE : SqlStdOperatorTable.LIKE; }
        |
            <ILIKE> { op = not ? SqlLibraryOperators.NOT_ILIKE : SqlLibraryOperators.ILIKE; }
        |
            <SIMILAR> <TO>
            { op = not ? SqlStdOperatorTable.NOT_SIMILAR_TO : SqlStdOperatorTable.SIMILAR_TO; }
        )
        { s.add(this); }
        e = RestrictedExpression()
        ( LOOKAHEAD(1) <ESCAPE> escape = RestrictedExpression() | { escape = null; } )
        {
            if (escape == null) {
                b.postfix(Level.MATCH, op, s.end(this), e);
            } else {
                b.postfix(Level.MATCH, op, s.end(this), e, escape);
            }
        }
    )
}

/** Parses a comparison with an expression, or with ANY or ALL of a list or query. */
void ComparisonTail(ExpressionBuilder b) :
{
    final SqlKind kind;
    final SqlParserPos pos;
    final SqlOperator op;
    final SqlNodeList list;
}
{
    kind = comp() { pos = getPos(); }
    (
        LOOKAHEAD(1)
        (
            ( <SOME> | <ANY> ) { op = SqlStdOperatorTable.some(kind); }
        |
            <ALL> { op = SqlStdOperatorTable.all(kind); }
        )
        list = ParenthesizedQueryOrCommaList(ExprContext.ACCEPT_NONCURSOR)
        { b.postfix(Level.COMPARE, op, pos.plus(getPos()), support.listOrQuery(list)); }
    |
        { b.binary(Level.COMPARE, support.comparison(kind), pos); }
        Operand(b, ExprContext.ACCEPT_SUB_QUERY)
    )
}

/** Parses an operand without operators. */
SqlNode Primary(ExprContext exprContext) :
{
    final SqlNode e;
    final SqlNodeList list;
    final Span s;
}
{
    (
        e = UnsignedNumericLiteral()
    |
        e = StringLiteral()
    |
        <TRUE> { e = SqlLiteral.createBoolean(true, getPos()); }
    |
        <FALSE> { e = SqlLiteral.createBoolean(false, getPos()); }
    |
        <NULL> { e = SqlLiteral.createNull(getPos()); }
    |
        e = DynamicParam()
    |
        e = CaseExpression()
    |
        e = CastCall()
    |
        e = CurrentValue()
    |
        <ARRAY> { s = span(); } e = ArrayOf(s)
    |
        LOOKAHEAD({ support.startsTypedLiteral() }) e = TypedLiteral()
    |
        LOOKAHEAD(2) <EXISTS> { s = span(); }
        list = ParenthesizedQueryOrCommaList(ExprContext.ACCEPT_QUERY)
        { e = SqlStdOperatorTable.EXISTS.createCall(s.end(this), list.get(0)); }
    |
        LOOKAHEAD(2) e = ExtractCall()
    |
        LOOKAHEAD(2) e = SubstringCall()
    |
        LOOKAHEAD(2) e = PositionCall()
    |
        LOOKAHEAD(2) e = OverlayCall()
    |
        LOOKAHEAD(2) e = TrimCall()
    |
        LOOKAHEAD(2) <ROW> { s = span(); }
        list = ParenthesizedQueryOrCommaList(ExprContext.ACCEPT_SUB_QUERY)
        { e = SqlStdOperatorTable.ROW.createCall(s.end(this), (List<SqlNode>) list); }
    |
        LOOKAHEAD( FunctionName() <LPAREN> ) e = NamedFunctionCall()
    |
        e = CompoundIdentifier()
    )
    {
        checkNonQueryExpression(exprContext);
        return e;
    }
|
    list = ParenthesizedQueryOrCommaList(exprContext)
    {
        if (list.size() == 1) {
            return list.get(0).clone(list.getParserPosition());
        }
        return SqlStdOperatorTable.ROW.createCall(span().end(list), (List<SqlNode>) list);
    }
}

/** Parses the elements of an array, or the query that gives them. */
SqlNode ArrayOf(Span s) :
{
    final List<SqlNode> items = new ArrayList<SqlNode>();
    final SqlNode e;
}
{
    <LBRACKET>
    [
        AddExpression(items, ExprContext.ACCEPT_SUB_QUERY)
        ( <COMMA> AddExpression(items, ExprContext.ACCEPT_SUB_QUERY) )*
    ]
    <RBRACKET>
    { return SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(s.end(this), items); }
|
    <LPAREN> e = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY) <RPAREN>
    { return SqlStdOperatorTable.ARRAY_QUERY.createCall(s.end(this), e); }
}

/** Parses a string; escapes and dollar quotes were resolved by the lexer. */
SqlNode StringLiteral() :
{
}
{
    <QUOTED_STRING>
    { return SqlLiteral.createCharString(support.stringValue(token), null, getPos()); }
}

/** Parses a parameter, by place or by number. */
SqlDynamicParam DynamicParam() :
{
}
{
    <HOOK> { return new SqlDynamicParam(support.nextParameter(), getPos()); }
|
    <NUMBERED_PARAMETER> { return new SqlDynamicParam(support.parameterIndex(token), getPos()); }
}

/** Parses a literal of a named type: the cast of a string, as PostgreSQL has it. */
SqlNode TypedLiteral() :
{
    final TypeName type;
    final String text;
    final String fields;
    final SqlParserPos pos;
    final Span s;
}
{
    type = TypeSpec() { s = Span.of(type.getParserPos()); }
    <QUOTED_STRING> { text = support.stringValue(token); pos = getPos(); }
    fields = IntervalFields(type)
    {
        return SqlStdOperatorTable.CAST.createCall(s.end(this),
            SqlLiteral.createCharString(support.intervalText(text, fields), null, pos),
            new SqlDataTypeSpec(type, type.getParserPos()));
    }
}

/** Parses the fields after an interval: "day", "day to second"; gives "" where there are none. */
String IntervalFields(TypeName type) :
{
    String fields = "";
}
{
    (
        LOOKAHEAD({ support.isIntervalField() })
        SimpleIdentifier() { fields = support.lowerImage(); }
        [
            LOOKAHEAD({ support.isKind(1, TO) && support.isIntervalField(2) })
            <TO> SimpleIdentifier() { fields = fields + " to " + support.lowerImage(); }
        ]
        [ LOOKAHEAD({ support.isWord(0, "second") && support.isKind(1, LPAREN) })
          <LPAREN> <UNSIGNED_INTEGER_LITERAL> <RPAREN> ]
    )?
    { return fields; }
}

/** Parses CAST. */
SqlNode CastCall() :
{
    final SqlNode e;
    final SqlDataTypeSpec type;
    final Span s;
}
{
    <CAST> { s = span(); } <LPAREN>
    e = Expression(ExprContext.ACCEPT_SUB_QUERY) <AS> type = DataType()
    <RPAREN> { return SqlStdOperatorTable.CAST.createCall(s.end(this), e, type); }
}

/** Parses the functions that are written without parentheses. */
SqlNode CurrentValue() :
{
    final SqlIdentifier id;
    final Span s;
    final List<SqlNode> args = new ArrayList<SqlNode>();
    int precision = -1;
}
{
    (
        <CURRENT_CATALOG>
    |   <CURRENT_DATE>
    |   <CURRENT_ROLE>
    |   <CURRENT_SCHEMA>
    |   <CURRENT_TIME>
    |   <CURRENT_TIMESTAMP>
    |   <CURRENT_USER>
    |   <LOCALTIME>
    |   <LOCALTIMESTAMP>
    |   <SESSION_USER>
    |   <USER>
    )
    { s = span(); id = new SqlIdentifier(unquotedIdentifier(), getPos()); }
    [
        LOOKAHEAD(1)
        <LPAREN> [ AddExpression(args, ExprContext.ACCEPT_SUB_QUERY) ] <RPAREN>
    ]
    {
        return createCall(id, s.end(this), SqlFunctionCategory.USER_DEFINED_FUNCTION, null, args);
    }
}

/** Parses EXTRACT: a call of extract('field', value). */
SqlNode ExtractCall() :
{
    final SqlNode field;
    final SqlIdentifier id;
    final SqlNode e;
    final Span s;
}
{
    <EXTRACT> { s = span(); } <LPAREN>
    (
        field = StringLiteral()
    |
        id = SimpleIdentifier()
        { field = SqlLiteral.createCharString(id.getSimple(), null, id.getParserPosition()); }
    )
    <FROM> e = Expression(ExprContext.ACCEPT_SUB_QUERY) <RPAREN>
    { return support.call("extract", s.end(this), field, e); }
}

/** Parses SUBSTRING in both forms: a call of substring(text, from [, length]). */
SqlNode SubstringCall() :
{
    final List<SqlNode> args = new ArrayList<SqlNode>();
    SqlNode from = null;
    SqlNode length = null;
    boolean similar = false;
    final Span s;
}
{
    <SUBSTRING> { s = span(); } <LPAREN>
    AddExpression(args, ExprContext.ACCEPT_SUB_QUERY)
    (
        ( <COMMA> AddExpression(args, ExprContext.ACCEPT_SUB_QUERY) )+
    |
        <FROM> from = Expression(ExprContext.ACCEPT_SUB_QUERY)
        [ <FOR> length = Expression(ExprContext.ACCEPT_SUB_QUERY) ]
    |
        <FOR> length = Expression(ExprContext.ACCEPT_SUB_QUERY)
        [ <FROM> from = Expression(ExprContext.ACCEPT_SUB_QUERY) ]
    |
        { similar = true; }
    )
    <RPAREN>
    {
        if (length != null && from == null) {
            from = LITERAL_ONE;
        }
        if (from != null) {
            args.add(from);
        }
        if (length != null) {
            args.add(length);
        }
        return support.call("substring", s.end(this), args);
    }
}

/** Parses POSITION: a call of strpos(text, part). */
SqlNode PositionCall() :
{
    final SqlNode part;
    final SqlNode text;
    final Span s;
}
{
    <POSITION> { s = span(); } <LPAREN>
    part = RestrictedExpression() <IN> text = Expression(ExprContext.ACCEPT_SUB_QUERY) <RPAREN>
    { return support.call("strpos", s.end(this), text, part); }
}

/** Parses OVERLAY: a call of overlay(text, part, from [, length]). */
SqlNode OverlayCall() :
{
    final List<SqlNode> args = new ArrayList<SqlNode>();
    final Span s;
}
{
    <OVERLAY> { s = span(); } <LPAREN>
    AddExpression(args, ExprContext.ACCEPT_SUB_QUERY)
    (
        <PLACING> AddExpression(args, ExprContext.ACCEPT_SUB_QUERY)
        <FROM> AddExpression(args, ExprContext.ACCEPT_SUB_QUERY)
        [ <FOR> AddExpression(args, ExprContext.ACCEPT_SUB_QUERY) ]
    |
        ( <COMMA> AddExpression(args, ExprContext.ACCEPT_SUB_QUERY) )+
    )
    <RPAREN>
    { return support.call("overlay", s.end(this), args); }
}

/** Parses TRIM: a call of btrim, ltrim or rtrim(text [, characters]). */
SqlNode TrimCall() :
{
    String name = "btrim";
    final List<SqlNode> args = new ArrayList<SqlNode>();
    final Span s;
}
{
    <TRIM> { s = span(); } <LPAREN>
    [ <BOTH> | <LEADING> { name = "ltrim"; } | <TRAILING> { name = "rtrim"; } ]
    (
        <FROM> AddExpression(args, ExprContext.ACCEPT_SUB_QUERY)
    |
        AddExpression(args, ExprContext.ACCEPT_SUB_QUERY)
        [
            <FROM> AddExpression(args, ExprContext.ACCEPT_SUB_QUERY)
            { Collections.reverse(args); }
        |
            <COMMA> AddExpression(args, ExprContext.ACCEPT_SUB_QUERY)
        ]
    )
    <RPAREN>
    { return support.call(name, s.end(this), args); }
}

/** Parses a call of a function or an aggregate. */
SqlNode NamedFunctionCall() :
{
    final SqlIdentifier name;
    final List<SqlNode> args = new ArrayList<SqlNode>();
    SqlLiteral quantifier = null;
    SqlNodeList orderBy = null;
    SqlCall call;
    final SqlNode e;
    final Span s;
}
{
    name = FunctionName() { s = span(); }
    <LPAREN>
    (
        LOOKAHEAD(1) <STAR> { args.add(SqlIdentifier.star(getPos())); }
    |
        [ LOOKAHEAD(1) quantifier = AllOrDistinct() ]
        AddArgument(args)
        ( <COMMA> AddArgument(args) )*
        [ orderBy = OrderBy(true) ]
    |
        { }
    )
    <RPAREN>
    {
        call = createCall(name, s.end(this), SqlFunctionCategory.USER_DEFINED_FUNCTION,
            quantifier, args);
        if (orderBy != null) {
            call = SqlStdOperatorTable.WITHIN_GROUP.createCall(s.end(this), call, orderBy);
        }
    }
    [
        LOOKAHEAD(2) <WITHIN> <GROUP> <LPAREN> orderBy = OrderBy(true) <RPAREN>
        { call = SqlStdOperatorTable.WITHIN_GROUP.createCall(s.end(this), call, orderBy); }
    ]
    [
        LOOKAHEAD(2) <FILTER> <LPAREN> <WHERE> e = Expression(ExprContext.ACCEPT_SUB_QUERY) <RPAREN>
        { call = SqlStdOperatorTable.FILTER.createCall(s.end(this), call, e); }
    ]
    [
        LOOKAHEAD(2) call = OverTail(call, s)
    ]
    { return call; }
}

/** Parses the window of a call. */
SqlCall OverTail(SqlCall call, Span s) :
{
    final SqlNode over;
}
{
    <OVER> ( over = SimpleIdentifier() | over = WindowSpecification() )
    { return SqlStdOperatorTable.OVER.createCall(s.end(this), call, over); }
}

/** Parses an argument, with or without its name. */
void AddArgument(List<SqlNode> list) :
{
    SqlIdentifier name = null;
    SqlNode e;
}
{
    [ LOOKAHEAD(2) name = SimpleIdentifier() <NAMED_ARGUMENT_ASSIGNMENT> ]
    e = Expression(ExprContext.ACCEPT_SUB_QUERY)
    {
        list.add(name == null
            ? e
            : SqlStdOperatorTable.ARGUMENT_ASSIGNMENT.createCall(Span.of(name, e).pos(), e, name));
    }
}

/** Parses a type. */
SqlDataTypeSpec DataType() :
{
    final TypeName type;
}
{
    type = TypeSpec() IntervalFields(type)
    { return new SqlDataTypeSpec(type, type.getParserPos()); }
}

/** Parses a type name with its modifiers and array brackets. */
TypeName TypeSpec() :
{
    final SqlIdentifier id;
    String suffix = "";
    final List<Integer> modifiers = new ArrayList<Integer>();
    int dimensions = 0;
    final Span s;
}
{
    id = CompoundIdentifier() { s = span(); }
    [
        LOOKAHEAD({ support.isTypeWord() })
        SimpleIdentifier() { suffix = " " + support.lowerImage(); }
    ]
    [
        LOOKAHEAD(2)
        <LPAREN> AddModifier(modifiers) ( <COMMA> AddModifier(modifiers) )* <RPAREN>
    ]
    [
        LOOKAHEAD({ support.isZoneSuffix() })
        ( <WITH> { suffix = " with time zone"; } | <WITHOUT> { suffix = " without time zone"; } )
        <TIME> <ZONE>
    ]
    (
        LOOKAHEAD(2)
        <LBRACKET> [ <UNSIGNED_INTEGER_LITERAL> ] <RBRACKET> { dimensions++; }
    |
        <ARRAY> { dimensions++; }
    )*
    { return support.typeName(id, suffix, modifiers, dimensions, s.end(this)); }
}

/** Parses a length, precision or scale. */
void AddModifier(List<Integer> list) :
{
    final int value;
}
{
    value = IntLiteral() { list.add(value); }
}
