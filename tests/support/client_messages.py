"""Finds in the source of `gateway`, `resolvers` and `schema` every message that a client can receive.

A message is a string that contains a sentence. Graph descriptions, log events and program errors are left out. The
search then follows each message through the source, until it finds the error codes that are sent with the message.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from pathlib import Path

from tests.support.source_module import FUNCTION, Module, assignments, called_name, classes_of, placeholder

ROOT = Path(__file__).parents[2]

PACKAGES = ("gateway", "resolvers", "schema")

OPERATORS_ONLY = (
    "gateway/settings/settings.py",
    "gateway/__main__.py",
    "gateway/order_commands.py",
    "gateway/orders/attempt_story.py",
    "gateway/doctor/",
    "gateway/telemetry/logs.py",
    "gateway/metrics/",
    "gateway/documents/manifest.py",
    "gateway/http/health.py",
    "gateway/shopper_messages/catalogue.py",
)
"""Files and folders whose messages are only for the operator of the gateway."""

CODE_ENUMS = (
    "TopLevelCode",
    "ErrorCode",
    "CheckoutBlockerCode",
    "WarningCode",
    "PaymentRequirementKind",
    "SubmissionStatus",
)

DESCRIBING = {"field", "argument", "object_type", "mutation", "input_field", "directive", "enum_value", "Field"}
"""Functions whose string arguments are graph descriptions."""

CODES_BY_HAND = {
    "MASKED": {"TopLevelCode.INTERNAL_ERROR"},
    "TOO_MANY_ERRORS": {"TopLevelCode.GRAPHQL_VALIDATION_FAILED"},
    "WITHOUT_SUBSCRIPTIONS": {"TopLevelCode.GRAPHQL_VALIDATION_FAILED"},
    "schema/scalars.py": {"TopLevelCode.BAD_USER_INPUT"},
    "gateway/documents/error_messages.py": {"TopLevelCode.BAD_USER_INPUT"},
    "gateway/documents/valid_names.py": {"TopLevelCode.GRAPHQL_VALIDATION_FAILED"},
}
"""Error codes that the search cannot find, by the constant or file that contains the message."""

NEVER_SENT = {"PARSING_ABORTED"}
"""Constants whose strings look like messages, but are only compared with messages of graphql-core."""

NOT_SENT_AS = {"CartBusy": {"ErrorCode.UPSTREAM_UNAVAILABLE"}}
"""Error codes that the search finds but the gateway never sends, by class of the exception with the message.

For example, `user_error` sends the message of CartBusy with the code CART_BUSY instead.
"""

LOGGING = {"debug", "info", "warning", "error", "exception", "critical"}

PROGRAM_ERRORS = {"ValueError", "TypeError", "RuntimeError", "LookupError", "KeyError", "AssertionError", "Ineffective"}
"""Exceptions that are raised only for errors in the program."""

SENTENCE = re.compile(r"[A-Z{`].*\s.*[.!](\s?\{\w+\})?|[^\x00-\x7f]{8,}.*", re.DOTALL)

MAX_LISTED_VALUES = 4
"""Maximum number of values that are listed for a variable part of a message. With more, a placeholder is listed."""

ANY_CODE = "ErrorCode.*"
"""Code that is listed for a message that can be sent with any error code."""

TRANSPARENT = {"str", "sorted", "list", "tuple", "dict", "cast", "GraphQLError", "located_error"}
"""Functions whose result contains the message that they receive as an argument."""

RESULT = re.compile(r"Order(Placed|AwaitingPayment|ActionRequired|Declined|Blocked|NotPlaced|InDoubt)")


@dataclass(frozen=True, order=True)
class Message:
    template: str
    """The message, with variable parts written as `{name}`."""
    codes: tuple[str, ...]
    """Enum values such as `ErrorCode.NOT_FOUND`, or graph types such as `OrderPlaced`."""
    file: str
    function: str
    """Name of the function, class or constant that contains the message."""


Value = tuple[Module, ast.AST]
"""A module, and an expression in the module. The expression's value is a message or contains a message."""


@dataclass(eq=False)
class Collector:
    modules: dict[str, Module]
    functions: dict[str, list[tuple[Module, ast.FunctionDef | ast.AsyncFunctionDef]]]
    classes: dict[str, ast.ClassDef]
    calls: dict[str, list[tuple[Module, ast.Call]]]
    """All calls, by the name of the called function."""

    def messages(self) -> Iterator[Message]:
        for module in self.modules.values():
            if module.file.startswith((*OPERATORS_ONLY, "gateway/upstream/")):
                continue
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp) and self._is_message(module, node):
                    owner = self._owner(module, node)
                    if owner not in NEVER_SENT:
                        codes = self.codes(module, node) or CODES_BY_HAND.get(owner) or CODES_BY_HAND.get(module.file)
                        codes = (codes or set()) | self.codes_of_exceptions.get(owner, set())
                        codes -= NOT_SENT_AS.get(owner, set())
                        for template in self.templates(module, node):
                            yield Message(template, tuple(sorted(codes)), module.file, owner)

    @cached_property
    def codes_of_exceptions(self) -> dict[str, set[str]]:
        """Codes that are sent with the message of an exception, by name of the exception class."""
        codes: dict[str, set[str]] = defaultdict(set)
        for module in self.modules.values():
            for node in ast.walk(module.tree):
                match node:
                    case ast.Attribute(value=ast.Name(id=name), attr="message") if name in self.classes:
                        codes[name] |= self.codes(module, node)
                    case ast.Call(func=ast.Name(id="str"), args=[ast.Name(id=name)]):
                        for exception in self._subclasses(*classes_of(module, node, name)):
                            codes[exception] |= self.codes(module, node)
        return codes

    def _subclasses(self, *names: str) -> set[str]:
        """Names of these classes and of all their subclasses."""
        below = [
            owner for owner, node in self.classes.items() if {ast.unparse(base) for base in node.bases} & set(names)
        ]
        return {*names, *(self._subclasses(*below) if below else ())}

    def _owner(self, module: Module, node: ast.AST) -> str:
        """Name of the outermost function around a node. Outside of functions, name of the class or constant."""
        above = list(module.above(node))
        functions = [parent.name for parent in above if isinstance(parent, FUNCTION)]
        classes = [parent.name for parent in above if isinstance(parent, ast.ClassDef)]
        if owners := functions[-1:] or classes:
            return owners[0]
        return next(name for name, _ in assignments(above[-2]))

    def _is_message(self, module: Module, node: ast.expr) -> bool:
        above = list(module.above(node))
        if isinstance(above[0], ast.Expr | ast.JoinedStr | ast.FormattedValue | ast.BinOp):
            return False
        if self._is_part(module, node):
            return False
        if not any(SENTENCE.fullmatch(template) for template in self.templates(module, node)):
            return False
        calls = [called_name(parent) for parent in above if isinstance(parent, ast.Call)]
        raises = [parent for parent in above if isinstance(parent, ast.Raise)]
        if {*calls} & (DESCRIBING | LOGGING | PROGRAM_ERRORS) or any(isinstance(parent, ast.arg) for parent in above):
            return False
        if any(isinstance(parent, ast.Subscript | ast.Compare) for parent in above):
            return False
        declares = module.file.startswith(("schema/", "resolvers/inputs/"))
        is_declaration = declares and not raises and "GraphQLError" not in calls
        return not is_declaration

    def _is_part(self, module: Module, node: ast.AST) -> bool:
        """Whether a string is only a part of messages, because only f-strings use the variable with the string."""
        parent = module.parents[node]
        if isinstance(parent, ast.IfExp):
            return self._is_part(module, parent)
        names = [name for name, value in assignments(parent) if value is node]
        uses = [use for name in names for use in ast.walk(module.function(node)) if _is_load(use, name)]
        return bool(uses) and all(isinstance(module.parents[use], ast.FormattedValue) for use in uses)

    def templates(self, module: Module, node: ast.expr) -> set[str]:
        """Possible values of a string expression, with placeholders for variable parts."""
        match node:
            case ast.Constant(value=str(string)):
                return {string}
            case ast.JoinedStr(values=values):
                return {"".join(parts) for parts in product(*(self.templates(module, value) for value in values))}
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                pairs = product(self.templates(module, left), self.templates(module, right))
                return {first + second for first, second in pairs}
            case ast.FormattedValue(value=ast.IfExp(body=body, orelse=other)) | ast.IfExp(body=body, orelse=other):
                return self.templates(module, body) | self.templates(module, other)
            case ast.Subscript(value=ast.Name(id=table), slice=ast.Attribute() as key):
                return self._entries(module, table, ast.unparse(key)) or {f"{{{placeholder(node)}}}"}
            case ast.FormattedValue(value=ast.Subscript() as value):
                return self.templates(module, value)
            case ast.FormattedValue(value=value):
                return self._inserted(module, value)
        return {f"{{{placeholder(node)}}}"}

    def _inserted(self, module: Module, node: ast.expr) -> set[str]:
        """Possible values of an expression in an f-string, or a placeholder if they are unknown or too many."""
        if (constant := self._constant(module, node)) is not None:
            return {str(constant)}
        if isinstance(node, ast.Name):
            values = [(module, value) for value in module.assigned(node.id, module.function(node), node)]
            values = values or self._arguments(module, node)
            possible = {string for owner, value in values for string in self._strings(owner, value)}
            if possible and len(possible) <= MAX_LISTED_VALUES and None not in possible:
                return {string for string in possible if string is not None}
        return {f"{{{placeholder(node)}}}"}

    def _strings(self, module: Module, node: ast.expr) -> set[str | None]:
        """Strings that an expression can evaluate to. None stands for unknown strings."""
        match node:
            case ast.Constant(value=str(string)):
                return {string}
            case ast.JoinedStr():
                return {*self.templates(module, node)}
            case ast.IfExp(body=body, orelse=other):
                return self._strings(module, body) | self._strings(module, other)
        return {None}

    def _arguments(self, module: Module, node: ast.Name) -> list[tuple[Module, ast.expr]]:
        """Arguments that callers pass for the parameter `node`. Empty if `node` is not a parameter."""
        function = module.function(node)
        if not isinstance(function, FUNCTION) or len(self.functions[function.name]) > 1:
            return []
        parameters = [argument.arg for argument in function.args.args]
        if node.id not in parameters or parameters[0] == "self":
            return []
        position = parameters.index(node.id)
        return [
            (caller, call.args[position]) for caller, call in self.calls[function.name] if len(call.args) > position
        ]

    def _entries(self, module: Module, table: str, key: str) -> set[str]:
        """Message templates that the constant dictionary `table` contains under `key`."""
        owner, values = self._of_constant(module, table)
        return {
            template
            for dictionary in values
            if isinstance(dictionary, ast.Dict)
            for entry, value in zip(dictionary.keys, dictionary.values, strict=True)
            if entry is not None and ast.unparse(entry) == key
            for template in self.templates(owner, value)
        }

    def _of_constant(self, module: Module, name: str) -> tuple[Module, list[ast.expr]]:
        """The module that defines a constant, and the values assigned to the constant."""
        owner_name, _, name = module.imports.get(name, f"{module.name}.{name}").rpartition(".")
        owner = self.modules.get(owner_name, module)
        return owner, owner.assigned(name, owner.tree)

    def _constant(self, module: Module, node: ast.expr) -> int | str | None:
        """Value of the module constant that an expression refers to."""
        match node:
            case ast.Constant(value=int() | str() as value):
                return value
            case ast.BinOp(op=ast.Mult(), left=left, right=right):
                first, second = self._constant(module, left), self._constant(module, right)
                return first * second if isinstance(first, int) and isinstance(second, int) else None
            case ast.Name(id=name):
                owner, values = self._of_constant(module, name)
                return self._constant(owner, values[0]) if values else None
        return None

    def codes(self, module: Module, message: ast.expr) -> set[str]:
        """Error codes that are sent with a message. Follows the message through the source until codes are found."""
        codes: set[str] = set()
        visited: set[ast.AST] = set()
        queue: list[Value] = [(module, message)]
        while queue:
            module, node = queue.pop()
            if node not in visited:
                visited.add(node)
                step = self._step(module, node)
                codes |= {code for code in step if isinstance(code, str)}
                queue += [value for value in step if not isinstance(value, str)]
        return codes

    def _step(self, module: Module, node: ast.AST) -> list[str | Value]:
        """One step of the search: the error codes beside `node`, or the expressions in which the search continues."""
        parent = module.parents.get(node)
        match parent:
            case ast.keyword():
                return self._through_call(module, module.parents[parent], node)
            case ast.Call() if node is not parent.func:
                return self._through_call(module, parent, node)
            case ast.Dict():
                key = next((key for key, value in zip(parent.keys, parent.values, strict=True) if value is node), None)
                return [*self._named_codes(module, key)] or [(module, parent)]
            case ast.Tuple() if codes := self._codes_beside(module, parent, node):
                return [*codes]
            case ast.Tuple() if isinstance(module.parents[parent], ast.Assign):
                return self._through_variable(module, module.parents[parent], node)
            case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
                return self._through_variable(module, parent, node)
            case ast.comprehension(iter=values) | ast.For(iter=values) if values is node:
                names = [part.id for part in ast.walk(parent.target) if isinstance(part, ast.Name)]
                return [use for name in names for use in self._uses(module, name, module.function(node))]
            case ast.Return() | ast.Yield():
                return self._callers(module, node)
            case ast.Attribute() if parent.attr not in ("message", "messages"):
                return []
            case ast.Subscript() if node is parent.slice:
                return []
            case ast.stmt() | ast.Compare() | None:
                return []
        return [(module, parent)]

    def _through_call(self, module: Module, call: ast.AST, node: ast.AST) -> list[str | Value]:
        assert isinstance(call, ast.Call)
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if codes := [code for other in arguments if other is not node for code in self._named_codes(module, other)]:
            return [*codes]
        name = called_name(call)
        if name == "replace" and isinstance(module.parents[node], ast.keyword):
            return [ANY_CODE]
        if name == "__init__":
            return self._through_exception(module, call)
        if name in self.classes:
            return [*self._codes_of_class(name)] or [(module, call)]
        if name in self.functions:
            return self._parameters(name, call, node)
        if name == "append" and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            return self._uses(module, call.func.value.id, module.function(call))
        return [(module, call)] if name in TRANSPARENT else []

    def _through_exception(self, module: Module, call: ast.Call) -> list[str | Value]:
        """Error code of the exception class that contains a call.

        If the class has no code, returns the expressions that read the exception in `except` blocks.
        """
        owner = next((node for node in module.above(call) if isinstance(node, ast.ClassDef)), None)
        if owner is None or (codes := self._codes_of_class(owner.name)):
            return [*codes] if owner else []
        return [
            use
            for other in self.modules.values()
            for node in ast.walk(other.tree)
            if isinstance(node, ast.ExceptHandler) and node.name and isinstance(node.type, ast.Name)
            if node.type.id == owner.name
            for use in self._uses(other, node.name, node)
        ]

    def _named_codes(self, module: Module, node: ast.AST | None) -> set[str]:
        """Error codes that an expression can evaluate to, such as `ErrorCode.NOT_FOUND`."""
        match node:
            case ast.IfExp(body=body, orelse=other):
                return self._named_codes(module, body) | self._named_codes(module, other)
            case ast.Attribute(value=ast.Name(id=name), attr=value) if enum := self._enum(module, node, name):
                return {f"{enum}.{value}"}
            case ast.Name(id=name):
                values = module.assigned(name, module.function(node), node)
                sources = [(module, value) for value in values] or self._arguments(module, node)
                named = [(owner, value) for owner, value in sources if not isinstance(value, ast.Name)]
                return {code for owner, value in named for code in self._named_codes(owner, value)}
        return set()

    def _enum(self, module: Module, node: ast.AST, name: str) -> str | None:
        """Name of the error code enum that the parsed module imports under this name, or None."""
        origin, _, imported = module.imports.get(name, name).rpartition(".")
        if imported in CODE_ENUMS:
            return imported
        if origin in self.modules:
            return self._enum(self.modules[origin], self.modules[origin].tree, imported)
        for scope in (module.function(node), module.tree):
            for value in module.assigned(name, scope):
                if isinstance(value, ast.Name) and value.id != name:
                    return self._enum(module, node, value.id)
        return None

    def _codes_beside(self, module: Module, values: ast.Tuple, node: ast.AST) -> set[str]:
        """Error codes in the same tuple as a message, such as `Code.A` in `code, message = Code.A, "…"`."""
        return {code for other in values.elts if other is not node for code in self._named_codes(module, other)}

    def _codes_of_class(self, name: str) -> set[str]:
        """Error codes of an exception class. For a submission result such as `OrderPlaced`, the name of the class."""
        if RESULT.fullmatch(name):
            return {name}
        node = self.classes[name]
        for statement in node.body:
            for target, value in assignments(statement):
                if target == "code" and isinstance(value, ast.Attribute):
                    return {ast.unparse(value)}
        bases = [base.id for base in node.bases if isinstance(base, ast.Name) and base.id in self.classes]
        return {code for base in bases for code in self._codes_of_class(base)}

    def _through_variable(self, module: Module, assignment: ast.AST, node: ast.AST) -> list[str | Value]:
        owner = module.parents[assignment]
        if isinstance(owner, ast.ClassDef):
            return [*self._codes_of_class(owner.name)]
        names = [target for target, value in assignments(assignment) if value in (node, module.parents[node])]
        scope = module.function(node)
        uses = [use for name in names for use in self._uses(module, name, scope, assignment)]
        if scope is module.tree:
            for other in self.modules.values():
                local = [
                    key
                    for key, origin in other.imports.items()
                    if origin in {f"{module.name}.{name}" for name in names}
                ]
                uses += [use for key in local for use in self._uses(other, key, other.tree)]
        return uses

    def _uses(self, module: Module, name: str, scope: ast.AST, assignment: ast.AST | None = None) -> list[str | Value]:
        """Expressions that read a variable. With `assignment`, only those that can read the value assigned there."""
        names = [node for node in ast.walk(scope) if isinstance(node, ast.Name) and node.id == name]
        loads = [node for node in names if isinstance(node.ctx, ast.Load)]
        if assignment is None or scope is module.tree:
            return [(module, node) for node in loads]
        others = [node for node in ast.walk(scope) for target, _ in assignments(node) if target == name]
        return [(module, node) for node in loads if module.reaches(assignment, node, others)]

    def _callers(self, module: Module, node: ast.AST) -> list[str | Value]:
        function = module.function(node)
        assert isinstance(function, FUNCTION)
        calls = self.calls[function.name]
        is_only = len(self.functions[function.name]) == 1
        return [(caller, call) for caller, call in calls if is_only or self._calls(caller, call, module, function.name)]

    def _calls(self, caller: Module, call: ast.Call, module: Module, name: str) -> bool:
        """Whether a call refers to the function `name` of `module`. Other modules can have a function of this name."""
        match call.func:
            case ast.Name():
                return caller is module or caller.imports.get(name) == f"{module.name}.{name}"
            case ast.Attribute(value=ast.Name(id=owner)):
                return (caller is module and owner == "self") or caller.imports.get(owner) == module.name
        return False

    def _parameters(self, name: str, call: ast.Call, node: ast.AST) -> list[str | Value]:
        """Expressions in which the called function reads the argument `node`. Searches all functions of this name."""
        uses = []
        for module, function in self.functions[name]:
            parameters = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
            if parameters[:1] in (["self"], ["cls"]):
                parameters = parameters[1:]
            if function.args.vararg:
                parameters += [function.args.vararg.arg] * len(call.args)
            bound = dict(zip(map(id, call.args), parameters, strict=False))
            bound |= {id(keyword.value): keyword.arg for keyword in call.keywords if keyword.arg}
            if parameter := bound.get(id(node)):
                uses += self._uses(module, parameter, function)
        return uses


def _is_load(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)


@cache
def collector() -> Collector:
    modules = {}
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        relative = path.relative_to(ROOT)
        name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
        modules[name] = Module(name, str(relative), ast.parse(path.read_text()))
    functions, calls, classes = defaultdict(list), defaultdict(list), {}
    for module in modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, FUNCTION):
                functions[node.name].append((module, node))
            elif isinstance(node, ast.ClassDef):
                classes[node.name] = node
            elif isinstance(node, ast.Call):
                calls[called_name(node)].append((module, node))
    return Collector(modules, functions, classes, calls)


def client_messages() -> list[Message]:
    return sorted(collector().messages())
