"""Recorded answers. The stand-in for Digital River imports only this file, so that it starts fast."""

import msgspec


class Answer(msgspec.Struct):
    status: int
    body: bytes


class Recording(msgspec.Struct):
    """Answers by method and target, such as `GET /v1/shoppers/me?expand=all`, and by method and path alone."""

    answers: dict[str, Answer]
