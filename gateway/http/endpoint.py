"""GraphQL over HTTP: reads a request, checks it and executes its operation.

Requests that must not be executed are refused here, before any call to Digital River. The module `response` builds the
answer.
"""

import logging
from functools import partial

from graphql import OperationType

from gateway.documents.card_numbers import Screen
from gateway.documents.card_variables import refuse_card_numbers
from gateway.documents.errors import NEGOTIATION, DocumentRefused, OperationFacts
from gateway.documents.known_documents import PreparedOperation
from gateway.documents.registry import Documents
from gateway.errors import TopLevelCode
from gateway.execution.executor import Executor
from gateway.http.accepted_type import accepted_type, accepts_legacy
from gateway.http.admission import Admission
from gateway.http.cache_headers import cacheable
from gateway.http.charging import charge
from gateway.http.client_address import ClientConnection
from gateway.http.counted_operation import CountedOperation
from gateway.http.graphql_request import RequestRefused, read
from gateway.http.http_request import HttpRequest, Reply
from gateway.http.listed_calls import lists_calls
from gateway.http.log_levels import describe
from gateway.http.logged_request import LoggedRequest
from gateway.http.response import LEGACY, MODERN, ResponseWriter, overloaded
from gateway.http.session_cookie import check_change, handle_of, new_cookie
from gateway.operation.caller import Caller
from gateway.operation.context import Context, Operation, begin_operation
from gateway.operation.services import Services
from gateway.sessions.handle import Handle
from gateway.store.client import request_of
from gateway.store.waiting import limited_waiting
from gateway.telemetry.recorded_calls import CallRecord, recording
from gateway.upstream.call_budget import CallBudget
from gateway.upstream.priority import prioritized

log = logging.getLogger(__name__)


class GraphQLEndpoint:
    def __init__(self, executor: Executor, documents: Documents, services: Services) -> None:
        self._executor = executor
        self._documents = documents
        self.priority_of = documents.priority_of
        self._services = services
        self.admission = Admission(services.settings.longest_queue_wait_s)

    async def answer(self, request: HttpRequest, connection: ClientConnection, logged: LoggedRequest) -> Reply:
        counted = CountedOperation()
        media_type = accepted_type(request.headers.lines(b"accept"))
        writer = ResponseWriter(self._services.settings, logged.id, media_type or LEGACY)
        facts = OperationFacts()
        operation: Operation | None = None
        try:
            if media_type is None:
                raise RequestRefused(406, TopLevelCode.BAD_USER_INPUT, f"Accept {MODERN} or {LEGACY}.")
            handle = handle_of(request, self._services.settings)
            parsed = await read(request, self._services.settings.body_limit_bytes)
            screen = Screen()
            refuse_card_numbers(screen, parsed.other_strings)
            prepared = await self._documents.prepare(
                parsed.query,
                parsed.sha256,
                parsed.operation_name,
                parsed.variables,
                screen,
                over_get=request.is_read,
                address=connection.nearest_address,
            )
            facts = prepared.facts
            if not self.admission.admits(prepared.operation.priority, request.admitted_as):
                raise overloaded()
            if self._services.points.has_limits:
                await charge(self._services, request, prepared, handle, connection.nearest_address)
            if prepared.operation.kind is OperationType.MUTATION:
                check_change(request, handle, self._services.settings)
            ctx = self._context(prepared, self._caller(request, connection, logged.id, handle))
            with (
                limited_waiting(self._services.settings.store_timeout_s),
                request_of(connection.nearest_address),
                prioritized(prepared.operation.priority),
            ):
                record = CallRecord() if lists_calls(request.headers, self._services.settings) else None
                self.admission.running += 1
                try:
                    if record is None:
                        result = await self._executor.execute(prepared, ctx)
                    else:
                        with recording(record):
                            result = await self._executor.execute(prepared, ctx)
                finally:
                    self.admission.running -= 1
            # Only an error in the variables has no path. Its message may repeat their values.
            if result.data is None and not any(error.path for error in result.errors or ()):
                raise self._documents.variables_refused(prepared)
            ctx.operation.unread_warnings += self._documents.warnings(prepared)
            reply, codes = writer.executed(result, ctx, facts, record)
            operation = ctx.operation
            counted.outcome = "failed" if codes else "succeeded"
            if prepared.cache_policy is not None and not codes and record is None:
                used_answers = ctx.operation.used_answers
                reply = cacheable(request, reply, prepared.cache_policy, used_answers, self._services.now())
        except RequestRefused as refused:
            reply, codes = writer.request_refused(refused)
        except DocumentRefused as refused:
            facts = refused.facts
            if refused.code in NEGOTIATION and accepts_legacy(request.headers.lines(b"accept")):
                # Some clients read no answer with another status than 200, which the modern type would not have.
                writer = writer._replace(media_type=LEGACY)
            reply, codes = writer.document_refused(refused)
        if operation is not None and operation.payload_codes:
            counted.end(facts, [*codes, *operation.payload_codes])
        else:
            counted.end(facts, codes)
        describe(logged, facts, codes, operation)
        return reply

    def _caller(
        self, request: HttpRequest, connection: ClientConnection, request_id: str, handle: Handle | None
    ) -> Caller:
        cookie = partial(new_cookie, request, self._services.settings, is_encrypted=connection.is_encrypted)
        return Caller(request_id, connection.address, connection.nearest_address, handle, cookie)

    def _context(self, prepared: PreparedOperation, caller: Caller) -> Context:
        services, operation = self._services, prepared.operation
        ctx = begin_operation(
            services,
            caller,
            buys=operation.buys,
            market=prepared.market,
            budget=CallBudget(partial(services.client_calls.count, caller.nearest_address)),
            is_query=operation.kind is OperationType.QUERY,
        )
        ctx.operation.card_fields = prepared.card_fields
        return ctx
