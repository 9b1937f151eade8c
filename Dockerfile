# The image runs exactly what `deploy/install` installs, and nothing that builds it.
FROM python:3.13-slim AS installed
COPY . /source
RUN /source/deploy/install /opt/greenroom

FROM python:3.13-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home greenroom \
    && install --directory --owner greenroom --group greenroom --mode 700 /data
COPY --from=installed /opt/greenroom /opt/greenroom

ENV PATH=/opt/greenroom/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GREENROOM_DATA_DIR=/data \
    GREENROOM_HTTP_PORT=8080 \
    GREENROOM_LOG=json
USER greenroom
WORKDIR /data
VOLUME /data

# /healthz listens on loopback unless GREENROOM_HTTP_HOST says otherwise.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-c", "\
import os, urllib.request as r; \
r.urlopen(f\"http://127.0.0.1:{os.environ['GREENROOM_HTTP_PORT']}/healthz\", timeout=4)"]

# The keeper: it starts the service again when it dies, and passes SIGTERM on.
CMD ["python", "-m", "service"]
