"""The directives of the graph, for example `@cost` and `@cacheControl`."""

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
    "selected fields. If no selected field has a cache control, the response is never stored.",
)
class CacheControl:
    max_age: int | None = strawberry.field(
        description="Lifetime in a cache, in seconds. 0 means never store.", default=strawberry.UNSET
    )
    scope: CacheControlScope | None = strawberry.field(
        description="Whether all shoppers may get the same cached value.", default=strawberry.UNSET
    )
    inherit_max_age: bool | None = strawberry.field(
        description="True to use the `maxAge` of the parent field.", default=strawberry.UNSET
    )
    stale_if_error: int | None = strawberry.field(
        description="Seconds for which the cached value may still be returned after `maxAge`, if the call for a new "
        "value fails.",
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
    description="Cost of a field in points. Without this directive, an object costs one point and a scalar costs "
    "nothing. The gateway rejects an operation whose cost is above the limit. Follows the GraphQL cost directives "
    "draft.",
)
class Cost:
    weight: str = strawberry.field(description="Cost in points, written as a decimal string.")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="How many items the gateway assumes when it computes the cost of a list. Follows the GraphQL cost "
    "directives draft.",
)
class ListSize:
    assumed_size: int | None = strawberry.field(
        description="Number of items to assume when the operation sets none of the `slicingArguments`.",
        default=strawberry.UNSET,
    )
    slicing_arguments: list[str] | None = strawberry.field(
        description="Names of the arguments that limit the number of items, for example `first`.",
        default=strawberry.UNSET,
    )
    sized_fields: list[str] | None = strawberry.field(
        description="Names of the fields of the returned object that contain the items, for example `edges`.",
        default=strawberry.UNSET,
    )
    require_one_slicing_argument: bool | None = strawberry.field(
        description="True to reject an operation that sets none, or more than one, of the `slicingArguments`.",
        default=True,
    )


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT],
    description="Session level that a client needs to read the field or to call the mutation.",
)
class RequiresSession:
    level: SessionLevel = strawberry.field(description="Minimum session level.", default=SessionLevel.ANONYMOUS)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="The field is null only when the response has an error for it, for example when a call to Digital "
    "River failed. A client that handles errors can generate a non-null type for the field.",
)
class SemanticNonNull:
    levels: list[int] = strawberry.field(
        description="Levels of list nesting at which a value is non-null: 0 means the field itself, 1 means the items "
        "of its list.",
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
    description="Whether a client that received no response can safely repeat the mutation.",
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
    """Declares the directive `@inContext` and its arguments. The gateway never calls this function, because
    `gateway/documents/in_context.py` reads the directive from the document.
    """


SCHEMA_DIRECTIVES = (CacheControl, Cost, ListSize, RequiresSession, SemanticNonNull, Sensitive, Idempotency)
