# `make image` gives the arguments: the base image with its digest, and the values of the labels.
ARG BASE_IMAGE=python:3.11-slim-bookworm

# Build stage: installs the locked dependencies, each checked against its hash. requirements-otel.lock adds traces.
FROM ${BASE_IMAGE} AS build
ARG REQUIREMENTS=requirements.lock
WORKDIR /app
COPY ${REQUIREMENTS} requirements.lock
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock

# Run stage: the gateway without build tools.
FROM ${BASE_IMAGE}
ARG BASE_IMAGE
ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="Riverfront" \
      org.opencontainers.image.description="GraphQL checkout gateway in front of the Digital River Commerce API" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=build /venv /venv
COPY gateway gateway
COPY schema schema
COPY resolvers resolvers
# By number, because Kubernetes checks that it is not root without reading the image's list of users.
USER 10001:10001
# Reachable from outside the container only with RIVERFRONT_HOST=0.0.0.0 and RIVERFRONT_TRUSTED_PROXIES.
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD python -m gateway.health_check "$RIVERFRONT_HOST" "$RIVERFRONT_PORT"
STOPSIGNAL SIGTERM
CMD ["python", "-m", "gateway", "serve"]
