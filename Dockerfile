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
HEALTHCHECK --interval=10s --timeout=2s --start-period=10s \
  CMD python -c "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('RIVERFRONT_PORT', '8000') + '/health/live', timeout=2)"
STOPSIGNAL SIGTERM
CMD ["python", "-m", "gateway", "serve"]
