"""The directives of the graph: what a field costs, which session it needs, how long it may be cached."""

from typing import Annotated

import strawberry
from strawberry.directive import DirectiveLocation
from strawberry.schema_directive import Location

from gateway.enums import CacheControlScope, IdempotencyMode, SessionLevel
from resolvers.scalars import CurrencyCode, Locale

PUBLIC = CacheControlScope.PUBLIC
PRIVATE = CacheControlScope.PRIVATE


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT, Location.INTERFACE, Location.UNION],
    description="How long and for whom a field may be cached. The response policy is the strictest one among the "
    "selected fields; a response without any hint is never stored. Source: gateway.",
)
class CacheControl:
    max_age: int | None = strawberry.field(
        description="Lifetime in a cache, in seconds. 0 means never store.", default=strawberry.UNSET
    )
    scope: CacheControlScope | None = strawberry.field(
        description="Who may share the stored value.", default=strawberry.UNSET
    )
    inherit_max_age: bool | None = strawberry.field(
        description="Take the lifetime of the parent field instead of stating one.", default=strawberry.UNSET
    )
    stale_if_error: int | None = strawberry.field(
        description="Extra seconds during which a stale value may be served if the upstream call fails.",
        default=strawberry.UNSET,
    )


@strawberry.schema_directive(
    locations=[
        Location.ARGUMENT_DEFINITION,
        Location.ENUM,
        Location.FIELD_DEFINITION,
        Location.INPUT_FIELD_DEFINITION,
        Location.OBJECT,
        Location.SCALAR,
    ],
    description="Static weight of a field for the cost limit, in points; one point is roughly one cheap upstream "
    "read. Follows the GraphQL cost directives draft. Source: gateway.",
)
class Cost:
    weight: str = strawberry.field(description="Weight in points, written as a decimal string.")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="How many items of a list count for the cost limit. Follows the GraphQL cost directives draft. "
    "Source: gateway.",
)
class ListSize:
    assumed_size: int | None = strawberry.field(
        description="Assumed number of items when no slicing argument is present.", default=strawberry.UNSET
    )
    slicing_arguments: list[str] | None = strawberry.field(
        description="Arguments whose value limits the number of items.", default=strawberry.UNSET
    )
    sized_fields: list[str] | None = strawberry.field(
        description="Fields below it that hold the sliced items.", default=strawberry.UNSET
    )
    require_one_slicing_argument: bool | None = strawberry.field(
        description="Reject the operation unless it has exactly one slicing argument.", default=True
    )


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT],
    description="Lowest session level that may read the field or call the mutation. Source: gateway.",
)
class RequiresSession:
    level: SessionLevel = strawberry.field(description="Required level.", default=SessionLevel.ANONYMOUS)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="The field is nullable only because its own upstream call can fail; without an entry in `errors` at "
    "its path it is never null. Error-aware clients can generate a non-null type for it. Source: gateway.",
)
class SemanticNonNull:
    levels: list[int] = strawberry.field(
        description="List depths that are semantically non-null; 0 is the field itself.", default=(0,)
    )


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.ARGUMENT_DEFINITION, Location.INPUT_FIELD_DEFINITION],
    description="The value is secret or personal: it is redacted from logs and traces, never stored in a shared "
    "cache, and an operation whose variables feed it is refused over HTTP GET. Source: gateway.",
)
class Sensitive: ...


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="What a client may assume when it repeats a mutation after a lost answer. Source: gateway.",
)
class Idempotency:
    mode: IdempotencyMode = strawberry.field(description="Repeat behaviour.")


@strawberry.directive(
    name="inContext",
    locations=[DirectiveLocation.QUERY],
    description="Locale and currency for the public catalog fields of one operation. It is part of the document and "
    "its variables, hence part of the cache key. It does not change the shopper session. Source: gateway.",
)
def in_context(
    locale: Annotated[
        Locale | None, strawberry.argument(description="Locale for names and descriptions.")
    ] = strawberry.UNSET,
    currency_code: Annotated[
        CurrencyCode | None, strawberry.argument(description="Currency for prices.")
    ] = strawberry.UNSET,
) -> None:
    """Declared for documents that carry it; it never transforms a value."""


SCHEMA_DIRECTIVES = (CacheControl, Cost, ListSize, RequiresSession, SemanticNonNull, Sensitive, Idempotency)
