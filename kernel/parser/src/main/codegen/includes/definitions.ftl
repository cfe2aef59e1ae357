<#-- Statements that define tables, indexes and other objects. -->

/** Parses CREATE. */
SqlNode CreateStatement() :
{
    final Span s;
    final SqlNode statement;
    boolean unique = false;
    boolean replace = false;
}
{
    <CREATE> { s = span(); }
    [
        LOOKAHEAD({ support.startsTemporary() })
        SimpleIdentifier() { support.notOffered("CREATE TEMPORARY or UNLOGGED"); }
    ]
    (
        <TABLE> statement = CreateTableTail(s)
    |
        LOOKAHEAD(2)
        [ <UNIQUE> { unique = true; } ] <INDEX> statement = CreateIndexTail(s, unique)
    |
        [ <OR> <REPLACE> { replace = true; } ]
        (
            LOOKAHEAD({ support.isWord(1, "view") }) statement = CreateViewTail(s, replace)
        |
            statement = ObjectTail(s, ObjectStatement.Action.CREATE, replace)
        )
    )
    { return statement; }
}

/** Parses CREATE VIEW after its first words. */
SqlNode CreateViewTail(Span s, boolean replace) :
{
    final SqlIdentifier name;
    SqlNodeList columns = SqlNodeList.EMPTY;
    final SqlNode query;
}
{
    SimpleIdentifier() name = CompoundTableIdentifier()
    [ columns = ParenthesizedSimpleIdentifierList() ]
    <AS> query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
    { return new CreateView(s.end(this), replace, name, support.names(columns), query); }
}

/** Parses ALTER of an object that the grammar knows by its kind alone. */
SqlNode AlterStatement() :
{
    final Span s;
    final SqlNode statement;
}
{
    <ALTER> { s = span(); }
    (
        <TABLE> { support.notOffered("ALTER TABLE"); statement = null; }
    |
        statement = ObjectTail(s, ObjectStatement.Action.ALTER, false)
    )
    { return statement; }
}

/** Parses DROP. */
SqlNode DropStatement() :
{
    final Span s;
    final boolean ifExists;
    final List<SqlIdentifier> names;
    final boolean cascade;
    final SqlNode statement;
}
{
    <DROP> { s = span(); }
    (
        <TABLE> ifExists = IfExists() names = TableNames() cascade = CascadeOption()
        { return new DropTable(s.end(this), ifExists, names, cascade); }
    |
        LOOKAHEAD(1)
        <INDEX> [ LOOKAHEAD(1) <CONCURRENTLY> ] ifExists = IfExists() names = TableNames()
        cascade = CascadeOption()
        { return new DropIndex(s.end(this), ifExists, names, cascade); }
    |
        statement = ObjectTail(s, ObjectStatement.Action.DROP, false) { return statement; }
    )
}

/** Parses IF EXISTS, or nothing. */
boolean IfExists() :
{
}
{
    LOOKAHEAD(2) <IF> <EXISTS> { return true; }
|
    { return false; }
}

/** Parses IF NOT EXISTS, or nothing. */
boolean IfNotExists() :
{
}
{
    LOOKAHEAD(2) <IF> <NOT> <EXISTS> { return true; }
|
    { return false; }
}

/** Parses kind, name and settings of an object. */
SqlNode ObjectTail(Span s, ObjectStatement.Action action, boolean replace) :
{
    SqlIdentifier word;
    final StringBuilder kind = new StringBuilder();
    boolean conditional = false;
    final SqlIdentifier name;
    List<Option> settings = ImmutableList.of();
    final ObjectStatement.Dependents dependents;
}
{
    word = SimpleIdentifier() { kind.append(word.getSimple()); }
    (
        LOOKAHEAD({ support.continuesKind() })
        word = SimpleIdentifier() { kind.append(' ').append(word.getSimple()); }
    )*
    (
        LOOKAHEAD(2) conditional = IfCondition(action)
    )?
    name = CompoundTableIdentifier()
    [
        LOOKAHEAD({ support.startsExtensionClause(action, kind) })
        settings = ExtensionClause()
    ]
    [ LOOKAHEAD(2) <OPTIONS> settings = ParenthesizedOptions() ]
    dependents = DependentsOption()
    {
        return new ObjectStatement(s.end(this), action, kind.toString(), replace, conditional,
            name, settings, dependents);
    }
}

/** Parses CASCADE or RESTRICT, or nothing. */
ObjectStatement.Dependents DependentsOption() :
{
}
{
    <CASCADE> { return ObjectStatement.Dependents.DROPPED; }
|
    <RESTRICT> { return ObjectStatement.Dependents.REFUSED; }
|
    { return ObjectStatement.Dependents.UNSAID; }
}

/** Parses [WITH] VERSION version, or UPDATE [TO version]. */
List<Option> ExtensionClause() :
{
    SqlNode version = null;
}
{
    (
        <WITH>
        [
            LOOKAHEAD({ support.isWord(1, "version") })
            SimpleIdentifier() version = VersionName()
        ]
    |
        LOOKAHEAD({ support.isWord(1, "version") })
        SimpleIdentifier() version = VersionName()
    |
        <UPDATE> [ <TO> version = VersionName() ]
    )
    { return ImmutableList.of(new Option("version", version)); }
}

/** Parses a version: a string, or a name. */
SqlNode VersionName() :
{
    final SqlNode version;
}
{
    ( version = StringLiteral() | version = SimpleIdentifier() )
    { return version; }
}

/** Parses the condition before the name of an object. */
boolean IfCondition(ObjectStatement.Action action) :
{
}
{
    <IF> [ <NOT> { support.requireCreate(action); } ] <EXISTS> { return true; }
}

/** Parses CREATE TABLE after its first two words. */
SqlNode CreateTableTail(Span s) :
{
    final boolean ifNotExists;
    final SqlIdentifier name;
    final List<ColumnClause> columns = new ArrayList<ColumnClause>();
    final List<TableConstraint> constraints = new ArrayList<TableConstraint>();
    SqlIdentifier method = null;
    List<Option> settings = ImmutableList.of();
    boolean versioned = false;
    SqlNode query = null;
}
{
    ifNotExists = IfNotExists() name = CompoundTableIdentifier()
    [
        <LPAREN>
        [ TableElement(columns, constraints) ( <COMMA> TableElement(columns, constraints) )* ]
        <RPAREN>
    ]
    [ <USING> method = SimpleIdentifier() ]
    (
        LOOKAHEAD(2) <WITH> <SYSTEM> <VERSIONING> { versioned = true; }
    |
        <WITH> settings = ParenthesizedOptions()
    )*
    [ LOOKAHEAD(1) <OPTIONS> settings = ParenthesizedOptions() ]
    [ <AS> query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY) ]
    {
        return new CreateTable(s.end(this), ifNotExists, name, columns, constraints, method,
            settings, versioned, query);
    }
}

/** Parses a column or a constraint of a table. */
void TableElement(List<ColumnClause> columns, List<TableConstraint> constraints) :
{
    SqlIdentifier name = null;
    SqlNodeList list;
    final SqlNode e;
    final Reference reference;
    final TypeName type;
    final Checking checking;
    final List<ColumnConstraint> columnConstraints = new ArrayList<ColumnConstraint>();
}
{
    [ <CONSTRAINT> name = SimpleIdentifier() ]
    (
        <PRIMARY> <KEY> list = ParenthesizedSimpleIdentifierList()
        NoDeferredChecking("PRIMARY KEY")
        { constraints.add(new TableConstraint.PrimaryKey(name, support.names(list))); }
    |
        <UNIQUE> list = ParenthesizedSimpleIdentifierList()
        checking = ConstraintChecking()
        { constraints.add(new TableConstraint.Unique(name, support.names(list), checking)); }
    |
        <CHECK> <LPAREN> e = Expression(ExprContext.ACCEPT_SUB_QUERY) <RPAREN>
        NoDeferredChecking("CHECK")
        { constraints.add(new TableConstraint.Check(name, e)); }
    |
        <FOREIGN> <KEY> list = ParenthesizedSimpleIdentifierList() reference = ReferenceTail()
        {
            support.requireSameSize(list, reference);
            constraints.add(
                new TableConstraint.ForeignKey(name, support.names(list), reference));
        }
    )
|
    name = SimpleIdentifier() type = TypeSpec() IntervalFields(type)
    ( AddColumnConstraint(columnConstraints) )*
    { columns.add(new ColumnClause(name, type, columnConstraints)); }
}

/** Parses a constraint of a column. */
void AddColumnConstraint(List<ColumnConstraint> list) :
{
    SqlIdentifier name = null;
    final SqlNode e;
    final Reference reference;
    final Checking checking;
}
{
    [ <CONSTRAINT> name = SimpleIdentifier() ]
    (
        <NOT> <NULL> { list.add(new ColumnConstraint.NotNull(name)); }
    |
        <NULL> { list.add(new ColumnConstraint.Null(name)); }
    |
        <DEFAULT_> e = RestrictedExpression()
        { list.add(new ColumnConstraint.Default(name, e)); }
    |
        <PRIMARY> <KEY> NoDeferredChecking("PRIMARY KEY")
        { list.add(new ColumnConstraint.PrimaryKey(name)); }
    |
        <UNIQUE> checking = ConstraintChecking()
        { list.add(new ColumnConstraint.Unique(name, checking)); }
    |
        <CHECK> <LPAREN> e = Expression(ExprContext.ACCEPT_SUB_QUERY) <RPAREN>
        NoDeferredChecking("CHECK")
        { list.add(new ColumnConstraint.Check(name, e)); }
    |
        reference = ReferenceTail() { list.add(new ColumnConstraint.References(name, reference)); }
    )
}

/** Parses REFERENCES. */
Reference ReferenceTail() :
{
    final SqlIdentifier table;
    SqlNodeList columns = SqlNodeList.EMPTY;
    ReferentialAction onDelete = ReferentialAction.NO_ACTION;
    ReferentialAction onUpdate = ReferentialAction.NO_ACTION;
    final Checking checking;
}
{
    <REFERENCES> table = CompoundTableIdentifier()
    [ columns = ParenthesizedSimpleIdentifierList() ]
    [ <MATCH> ( <FULL> { support.notOffered("MATCH FULL"); }
      | <PARTIAL> { support.notOffered("MATCH PARTIAL"); } | <SIMPLE> ) ]
    (
        LOOKAHEAD(2) <ON> <DELETE> onDelete = ReferentialActionName()
    |
        <ON> <UPDATE> onUpdate = ReferentialActionName()
    )*
    checking = ConstraintChecking()
    { return new Reference(table, support.names(columns), onDelete, onUpdate, checking); }
}

/** Parses when a constraint is checked. */
Checking ConstraintChecking() :
{
    final ConstraintModes modes = new ConstraintModes();
}
{
    (
        LOOKAHEAD(2) <NOT> <DEFERRABLE> { modes.deferrable(support, false); }
    |
        <DEFERRABLE> { modes.deferrable(support, true); }
    |
        <INITIALLY>
        (
            <DEFERRED> { modes.deferred(support, true); }
        |
            <IMMEDIATE> { modes.deferred(support, false); }
        )
    )*
    { return modes.checking(); }
}

/** Parses the same behind a constraint that can't be deferred. */
void NoDeferredChecking(String kind) :
{
    final Checking checking;
}
{
    checking = ConstraintChecking()
    {
        if (checking != Checking.NOT_DEFERRABLE) {
            support.notOffered("a deferrable " + kind + " constraint");
        }
    }
}

/** Parses what happens to referring rows. */
ReferentialAction ReferentialActionName() :
{
}
{
    <NO> <ACTION> { return ReferentialAction.NO_ACTION; }
|
    <RESTRICT> { return ReferentialAction.RESTRICT; }
|
    <CASCADE> { return ReferentialAction.CASCADE; }
|
    LOOKAHEAD(2) <SET> <NULL> { return ReferentialAction.SET_NULL; }
|
    <SET> <DEFAULT_> { return ReferentialAction.SET_DEFAULT; }
}

/** Parses CREATE INDEX after its first words. */
SqlNode CreateIndexTail(Span s, boolean unique) :
{
    final boolean ifNotExists;
    SqlIdentifier name = null;
    final SqlIdentifier table;
    SqlIdentifier method = null;
    final List<IndexColumn> columns = new ArrayList<IndexColumn>();
    SqlNodeList included = SqlNodeList.EMPTY;
    List<Option> settings = ImmutableList.of();
    SqlNode where = null;
}
{
    [ LOOKAHEAD({ support.isKind(1, CONCURRENTLY) && !support.isKind(2, ON) }) <CONCURRENTLY> ]
    ifNotExists = IfNotExists()
    [ name = CompoundTableIdentifier() ]
    <ON> [ <ONLY> ] table = CompoundTableIdentifier()
    [ <USING> method = SimpleIdentifier() ]
    <LPAREN> AddIndexColumn(columns) ( <COMMA> AddIndexColumn(columns) )* <RPAREN>
    [ <INCLUDE> included = ParenthesizedSimpleIdentifierList() ]
    [ ( <WITH> | <OPTIONS> ) settings = ParenthesizedOptions() ]
    [ where = Where() ]
    {
        return new CreateIndex(s.end(this), unique, ifNotExists, name, table, method, columns,
            support.names(included), settings, where);
    }
}

/** Parses a key part of an index. */
void AddIndexColumn(List<IndexColumn> columns) :
{
    final SqlNode e;
    SqlIdentifier operatorClass = null;
    boolean descending = false;
    Boolean nullsFirst = null;
}
{
    e = RestrictedExpression()
    [
        LOOKAHEAD({ support.startsOperatorClass() })
        operatorClass = CompoundTableIdentifier()
    ]
    [ <ASC> | <DESC> { descending = true; } ]
    [ <NULLS> ( <FIRST> { nullsFirst = true; } | <LAST> { nullsFirst = false; } ) ]
    {
        columns.add(new IndexColumn(e, descending, nullsFirst,
            operatorClass == null ? null : operatorClass.toString()));
    }
}
