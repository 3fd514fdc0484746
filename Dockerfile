# Build stage: installs the locked dependencies, each checked against its hash.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements.lock .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock

# Run stage: the gateway without build tools.
FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=build /venv /venv
COPY gateway gateway
COPY schema schema
COPY resolvers resolvers
RUN useradd --system --no-create-home riverfront
USER riverfront
# Reachable from outside the container only with RIVERFRONT_HOST=0.0.0.0 and RIVERFRONT_TRUSTED_PROXIES.
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD python -m gateway.health_check "$RIVERFRONT_HOST" "$RIVERFRONT_PORT"
STOPSIGNAL SIGTERM
CMD ["python", "-m", "gateway", "serve"]
