# The product: API, and by argument also its worker and its migrations:
#   docker run … IMAGE                (serve)
#   docker run --no-healthcheck … IMAGE worker
#   docker run --no-healthcheck … IMAGE migrate
# It keeps nothing: DATABASE_URL and WALMU_AUDITOR_URL name the database for serve, WALMU_WORKER_URL for worker,
# WALMU_MIGRATION_URL for migrate (docs/database-logins.md), WALMU_PUBLIC_URL the address that callers use, and the keyring is
# mounted into WALMU_DATA_DIR or named by WALMU_KEYRING.
#
# The target `sandbox` adds the demo: database server, simulated record system and synthetic data, all in one container:
#   docker build --target sandbox -t walmu-sandbox .
#   docker run --name sandbox -p 127.0.0.1:8080:8080 walmu-sandbox
#   docker exec sandbox walmu-api token --as provider-a
#
# What the image holds of Python packages, with hashes and licences, is in it as CycloneDX (docs/dependencies.md):
#   docker run --rm --entrypoint cat IMAGE /app/sbom.cdx.json
#
# The base is named by the digest of its index of platforms, so that the same file builds the same image. Renew it when Debian or Python
# mend something, and look at it each month: `docker buildx imagetools inspect python:3.13-slim` prints the digest of today; put
# it here and build. CI has no image registry and does not build the image.
ARG BASE=python:3.13-slim@sha256:70729b46c69b4f1e97c4822c1af3df53a1476cf5ddc6c087c0c10bc3a5678c2f

FROM ${BASE} AS build
WORKDIR /app
RUN python -m venv /opt/venv
COPY requirements-runtime.lock .
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary :all: -r requirements-runtime.lock
COPY pyproject.toml README.md ./
COPY src/walmu_api ./src/walmu_api
# Editable, so that the layout (src beside migrations) is the one that is developed and tested.
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
    --no-deps --no-build-isolation --no-index -e .
COPY migrations ./migrations
# Who runs it may not write here, so without this each start would compile every module anew.
RUN /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash src

FROM build AS sbom
COPY requirements-sbom.lock .
RUN python -m venv /opt/sbom && /opt/sbom/bin/pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary :all: -r requirements-sbom.lock
COPY supply_chain ./supply_chain
RUN /opt/sbom/bin/python -m supply_chain.sbom requirements-runtime.lock /opt/venv/bin/python /tmp/sbom.cdx.json

FROM ${BASE} AS product
RUN mkdir -p /var/lib/walmu && chown 65532:65532 /var/lib/walmu
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
COPY --from=sbom /tmp/sbom.cdx.json /app/sbom.cdx.json
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WALMU_DATA_DIR=/var/lib/walmu \
    WALMU_HOST=0.0.0.0 \
    WALMU_PORT=8080
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"WALMU_PORT\"]}/livez', timeout=2)"]
ENTRYPOINT ["walmu-api"]
CMD ["serve"]

FROM build AS sandbox-build
COPY requirements-sandbox.lock .
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary :all: -r requirements-sandbox.lock
COPY src/walmu_dev ./src/walmu_dev
RUN /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash src

FROM sandbox-build AS sandbox-sbom
COPY --from=sbom /opt/sbom /opt/sbom
COPY supply_chain ./supply_chain
RUN /opt/sbom/bin/python -m supply_chain.sbom requirements-sandbox.lock /opt/venv/bin/python /tmp/sbom.cdx.json

FROM product AS sandbox
USER 0
# PostgreSQL refuses a user without a name.
RUN echo 'walmu:x:65532:65532::/var/lib/walmu:/usr/sbin/nologin' >> /etc/passwd
COPY --from=sandbox-build /opt/venv /opt/venv
COPY --from=sandbox-build /app /app
COPY --from=sandbox-sbom /tmp/sbom.cdx.json /app/sbom.cdx.json
ENV WALMU_PUBLIC_URL=http://127.0.0.1:8080
USER 65532:65532
CMD ["demo"]

# Last, so that it is built when no target is named.
FROM product
