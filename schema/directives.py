"""The directives of the graph: cost, session level, cache control, idempotency and secrecy of a field."""

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
    description="How long and for whom a field may be cached. A response has the strictest cache control of its "
    "selected fields; a response without any such field is never stored.",
)
class CacheControl:
    max_age: int | None = strawberry.field(
        description="Lifetime in a cache, in seconds. 0 means never store.", default=strawberry.UNSET
    )
    scope: CacheControlScope | None = strawberry.field(
        description="Whether all shoppers share the cached value.", default=strawberry.UNSET
    )
    inherit_max_age: bool | None = strawberry.field(
        description="True to take the lifetime of the parent field.", default=strawberry.UNSET
    )
    stale_if_error: int | None = strawberry.field(
        description="Seconds after the lifetime of a value during which the value may still be served if the call to "
        "Digital River fails.",
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
    description="Points of a field for the cost limit; one point is about one cheap call to Digital River. Follows "
    "the GraphQL cost directives draft.",
)
class Cost:
    weight: str = strawberry.field(description="Weight in points, written as a decimal string.")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="How many items of a list count for the cost limit. Follows the GraphQL cost directives draft.",
)
class ListSize:
    assumed_size: int | None = strawberry.field(
        description="Assumed number of items when no slicing argument is present.", default=strawberry.UNSET
    )
    slicing_arguments: list[str] | None = strawberry.field(
        description="Arguments whose value limits the number of items.", default=strawberry.UNSET
    )
    sized_fields: list[str] | None = strawberry.field(
        description="Fields of the returned object that have the items.", default=strawberry.UNSET
    )
    require_one_slicing_argument: bool | None = strawberry.field(
        description="Where `slicingArguments` are named: reject an operation without exactly one of them.", default=True
    )


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT],
    description="Minimum session level to read the field or to call the mutation.",
)
class RequiresSession:
    level: SessionLevel = strawberry.field(description="Minimum session level.", default=SessionLevel.ANONYMOUS)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="The field is null only together with an error at its path, for example when a call to Digital River "
    "failed. A client that handles errors can generate a non-null type for the field.",
)
class SemanticNonNull:
    levels: list[int] = strawberry.field(
        description="Levels of list nesting at which a value is non-null: 0 is the field itself, 1 its items.",
        default=(0,),
    )


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.ARGUMENT_DEFINITION, Location.INPUT_FIELD_DEFINITION],
    description="The value is secret or personal. It is never logged, traced or stored in a shared cache. An "
    "operation with a variable for a sensitive value is rejected over HTTP GET.",
)
class Sensitive: ...


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="What a client may assume when it repeats a mutation after a lost answer.",
)
class Idempotency:
    mode: IdempotencyMode = strawberry.field(description="What happens when the mutation is repeated.")


@strawberry.directive(
    name="inContext",
    locations=[DirectiveLocation.QUERY],
    description="Locale and currency for the public catalog fields of one operation. Locale and currency of the "
    "session do not change.",
)
def in_context(
    locale: Annotated[
        Locale | None, strawberry.argument(description="Locale of names and descriptions.")
    ] = strawberry.UNSET,
    currency_code: Annotated[
        CurrencyCode | None, strawberry.argument(description="Currency of prices.")
    ] = strawberry.UNSET,
) -> None:
    """Declared for the schema only: the function is never called."""


SCHEMA_DIRECTIVES = (CacheControl, Cost, ListSize, RequiresSession, SemanticNonNull, Sensitive, Idempotency)
