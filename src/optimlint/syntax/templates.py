"""The tokens of each kind of LibCST node in source order, one template per kind.

They follow the `_codegen_impl` methods of LibCST. A test compares the spans computed from them with those that LibCST
finds by generating the code, on every fixture.
"""

# A template is a sequence of words:
#   'text'     this text                        field      the node in this field, if there is one
#   $field     the text in this field           field*     the nodes in this field
#   <name>     something that depends on the place or on another field: `spans` has them all
_OPERAND = "lpar* {} rpar*"
_FLOWING = "leading_lines* <indentation> "
TEMPLATES = {
    # expressions
    "Name": _OPERAND.format("$value"),
    "Integer": _OPERAND.format("$value"),
    "Float": _OPERAND.format("$value"),
    "Imaginary": _OPERAND.format("$value"),
    "SimpleString": _OPERAND.format("$value"),
    "Ellipsis": _OPERAND.format("'...'"),
    "FormattedStringText": "$value",
    "TemplatedStringText": "$value",
    "FormattedStringExpression": "'{' whitespace_before_expression expression equal whitespace_after_expression"
    " <conversion> <format> '}'",
    "TemplatedStringExpression": "'{' whitespace_before_expression expression equal whitespace_after_expression"
    " <conversion> <format> '}'",
    "FormattedString": _OPERAND.format("$start parts* $end"),
    "TemplatedString": _OPERAND.format("$start parts* $end"),
    "ConcatenatedString": _OPERAND.format("left whitespace_between right"),
    "ComparisonTarget": "operator comparator",
    "Comparison": _OPERAND.format("left comparisons*"),
    "UnaryOperation": _OPERAND.format("operator expression"),
    "BinaryOperation": _OPERAND.format("left operator right"),
    "BooleanOperation": _OPERAND.format("left operator right"),
    "Attribute": _OPERAND.format("value dot attr"),
    "Index": "$star whitespace_after_star value",
    "Slice": "lower first_colon upper second_colon step",
    "SubscriptElement": "slice comma",
    "Subscript": _OPERAND.format("value whitespace_after_value lbracket slice* rbracket"),
    "ParamStar": "'*' comma",
    "ParamSlash": "'/' whitespace_after comma",
    "Param": "$star whitespace_after_star name <annotation> equal default comma whitespace_after_param",
    "Parameters": "posonly_params* posonly_ind params* star_arg kwonly_params* star_kwarg",
    "Lambda": _OPERAND.format("'lambda' whitespace_after_lambda params colon body"),
    "Arg": "$star whitespace_after_star keyword equal value comma whitespace_after_arg",
    "Call": _OPERAND.format("func whitespace_after_func '(' whitespace_before_args args* ')'"),
    "Await": _OPERAND.format("'await' whitespace_after_await expression"),
    "IfExp": _OPERAND.format(
        "body whitespace_before_if 'if' whitespace_after_if test"
        " whitespace_before_else 'else' whitespace_after_else orelse"
    ),
    "From": "whitespace_before_from 'from' whitespace_after_from item",
    "Yield": _OPERAND.format("'yield' whitespace_after_yield value"),
    "Element": "value comma",
    "DictElement": "key whitespace_before_colon ':' whitespace_after_colon value comma",
    "StarredElement": _OPERAND.format("'*' whitespace_before_value value") + " comma",
    "StarredDictElement": "'**' whitespace_before_value value comma",
    "Tuple": _OPERAND.format("elements*"),
    "List": _OPERAND.format("lbracket elements* rbracket"),
    "Set": _OPERAND.format("lbrace elements* rbrace"),
    "Dict": _OPERAND.format("lbrace elements* rbrace"),
    "CompFor": "whitespace_before asynchronous 'for' whitespace_after_for target whitespace_before_in 'in'"
    " whitespace_after_in iter ifs* inner_for_in",
    "CompIf": "whitespace_before 'if' whitespace_before_test test",
    "GeneratorExp": _OPERAND.format("elt for_in"),
    "ListComp": _OPERAND.format("lbracket elt for_in rbracket"),
    "SetComp": _OPERAND.format("lbrace elt for_in rbrace"),
    "DictComp": _OPERAND.format("lbrace key whitespace_before_colon ':' whitespace_after_colon value for_in rbrace"),
    "StarredDictComp": _OPERAND.format("lbrace '**' whitespace_before_value value for_in rbrace"),
    "NamedExpr": _OPERAND.format("target whitespace_before_walrus ':=' whitespace_after_walrus value"),
    "LeftSquareBracket": "'[' whitespace_after",
    "RightSquareBracket": "whitespace_before ']'",
    "LeftCurlyBrace": "'{' whitespace_after",
    "RightCurlyBrace": "whitespace_before '}'",
    "LeftParen": "'(' whitespace_after",
    "RightParen": "whitespace_before ')'",
    "Asynchronous": "'async' whitespace_after",
    # simple statements
    "ImportStar": "'*'",
    "Del": "'del' whitespace_after_del target semicolon",
    "Pass": "'pass' semicolon",
    "Break": "'break' semicolon",
    "Continue": "'continue' semicolon",
    "Return": "'return' whitespace_after_return value semicolon",
    "Expr": "value semicolon",
    "AsName": "whitespace_before_as 'as' whitespace_after_as name",
    "ImportAlias": "name asname comma",
    "Import": "'import' whitespace_after_import names* semicolon",
    "ImportFrom": "'from' whitespace_after_from <relative> module whitespace_before_import 'import'"
    " whitespace_after_import lpar <names> rpar semicolon",
    "LazyImport": "'lazy' whitespace_after_lazy 'import' whitespace_after_import names* semicolon",
    "LazyImportFrom": "'lazy' whitespace_after_lazy 'from' whitespace_after_from <relative> module"
    " whitespace_before_import 'import' whitespace_after_import lpar <names> rpar semicolon",
    "AssignTarget": "target whitespace_before_equal '=' whitespace_after_equal",
    "Assign": "targets* value semicolon",
    "AnnAssign": "target <annotation> equal value semicolon",
    "AugAssign": "target operator value semicolon",
    "Raise": "'raise' whitespace_after_raise exc cause semicolon",
    "Assert": "'assert' whitespace_after_assert test comma msg semicolon",
    "NameItem": "name comma",
    "Global": "'global' whitespace_after_global names* semicolon",
    "Nonlocal": "'nonlocal' whitespace_after_nonlocal names* semicolon",
    "TypeAlias": "'type' whitespace_after_type name whitespace_after_name type_parameters"
    " whitespace_after_type_parameters '=' whitespace_after_equals value semicolon",
    # compound statements
    "SimpleStatementLine": _FLOWING + "body* trailing_whitespace",
    "SimpleStatementSuite": "leading_whitespace body* trailing_whitespace",
    "IndentedBlock": "header <indent> body* footer* <dedent>",
    "If": _FLOWING + "<if> whitespace_before_test test whitespace_after_test ':' body <orelse>",
    "Else": _FLOWING + "'else' whitespace_before_colon ':' body",
    "Try": _FLOWING + "'try' whitespace_before_colon ':' body handlers* orelse finalbody",
    "TryStar": _FLOWING + "'try' whitespace_before_colon ':' body handlers* orelse finalbody",
    "ExceptHandler": _FLOWING + "'except' whitespace_after_except type name whitespace_before_colon ':' body",
    "ExceptStarHandler": _FLOWING
    + "'except' whitespace_after_except '*' whitespace_after_star type name whitespace_before_colon ':' body",
    "Finally": _FLOWING + "'finally' whitespace_before_colon ':' body",
    "Decorator": _FLOWING + "'@' whitespace_after_at decorator trailing_whitespace",
    "FunctionDef": "leading_lines* decorators* lines_after_decorators* <indentation> asynchronous 'def'"
    " whitespace_after_def name whitespace_after_name type_parameters whitespace_after_type_parameters '('"
    " whitespace_before_params params ')' <returns> whitespace_before_colon ':' body",
    "ClassDef": "leading_lines* decorators* lines_after_decorators* <indentation> 'class' whitespace_after_class name"
    " whitespace_after_name type_parameters whitespace_after_type_parameters lpar bases* keywords* rpar"
    " whitespace_before_colon ':' body",
    "WithItem": "item asname comma",
    "With": _FLOWING + "asynchronous 'with' whitespace_after_with lpar items* rpar whitespace_before_colon ':' body",
    "For": _FLOWING + "asynchronous 'for' whitespace_after_for target whitespace_before_in 'in' whitespace_after_in"
    " iter whitespace_before_colon ':' body orelse",
    "While": _FLOWING + "'while' whitespace_after_while test whitespace_before_colon ':' body orelse",
    # match statements
    "Match": _FLOWING + "'match' whitespace_after_match subject whitespace_before_colon ':' whitespace_after_colon"
    " <indent> cases* footer* <dedent>",
    "MatchCase": _FLOWING
    + "'case' whitespace_after_case pattern whitespace_before_if <guard> whitespace_after_if guard"
    " whitespace_before_colon ':' body",
    "MatchValue": "value",
    "MatchSingleton": "value",
    "MatchSequenceElement": "value comma",
    "MatchStar": "'*' whitespace_before_name <capture> comma",
    "MatchList": _OPERAND.format("lbracket patterns* rbracket"),
    "MatchTuple": _OPERAND.format("patterns*"),
    "MatchMappingElement": "key whitespace_before_colon ':' whitespace_after_colon pattern comma",
    "MatchMapping": _OPERAND.format("lbrace elements* <rest> whitespace_before_rest rest trailing_comma rbrace"),
    "MatchKeywordElement": "key whitespace_before_equal '=' whitespace_after_equal pattern comma",
    "MatchClass": _OPERAND.format(
        "cls whitespace_after_cls '(' whitespace_before_patterns patterns* kwds* whitespace_after_kwds ')'"
    ),
    "MatchAs": _OPERAND.format("pattern whitespace_before_as <as> whitespace_after_as <capture>"),
    "MatchOrElement": "pattern separator",
    "MatchOr": _OPERAND.format("patterns*"),
    # type parameters
    "TypeVar": "name colon bound",
    "TypeVarTuple": "'*' whitespace_after_star name",
    "ParamSpec": "'**' whitespace_after_star name",
    "TypeParam": "param equal $star whitespace_after_star default comma",
    "TypeParameters": "lbracket params* rbracket",
    # operators that are written in two ways; all others: `_operator_template`
    "NotEqual": "whitespace_before $value whitespace_after",
    # layout
    "Module": "header* body* footer*",
    "Newline": "<newline>",
    "TrailingWhitespace": "whitespace comment newline",
    "Comment": "$value",
    "SimpleWhitespace": "$value",
    "EmptyLine": "<own indentation> whitespace comment newline",
    "ParenthesizedWhitespace": "first_line empty_lines* <own indentation> last_line",
}
