# syntax=docker/dockerfile:1
# Targets: web, worker, mailer. For a release, pin both images by digest (--build-arg PYTHON=…@sha256:…).
ARG NODE=node:24-slim
ARG PYTHON=python:3.13-slim

FROM ${NODE} AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tools/assets.mjs tools/bootstrap.mjs tools/
COPY templates templates
COPY static static
RUN node tools/assets.mjs

# Wheels only, each with its hash: nothing foreign runs while the image is built.
FROM ${PYTHON} AS wheels
WORKDIR /build
COPY requirements.txt ./
RUN python -m venv --without-pip /venv \
	&& pip --python /venv/bin/python install --no-cache-dir --require-hashes --only-binary=:all: -r requirements.txt

FROM ${PYTHON} AS mailer-wheels
WORKDIR /build
COPY requirements-mailer.txt ./
RUN python -m venv --without-pip /venv \
	&& pip --python /venv/bin/python install --no-cache-dir --require-hashes --only-binary=:all: -r requirements-mailer.txt

# The root file system may be read-only: only /tmp and /data (INSTANCE_PATH) are written.
FROM ${PYTHON} AS runtime
ENV PATH=/venv/bin:$PATH \
	HOME=/tmp \
	PORT=8000 \
	INSTANCE_PATH=/data \
	APP_ENV=production \
	PYTHONDONTWRITEBYTECODE=1 \
	PYTHONUNBUFFERED=1 \
	MALLOC_MMAP_THRESHOLD_=1048576
RUN groupadd --gid 10001 app \
	&& useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin app \
	&& install --directory --owner=app --group=app --mode=0750 /data \
	&& install --directory --owner=app --group=app --mode=0755 /static
WORKDIR /app

FROM runtime AS mailer
COPY --from=mailer-wheels /venv /venv
COPY minimaluser/__init__.py minimaluser/server.py minimaluser/
COPY minimaluser/lib/__init__.py minimaluser/lib/addresses.py minimaluser/lib/environment.py minimaluser/lib/private_file.py minimaluser/lib/
COPY minimaluser/mailer minimaluser/mailer
COPY deploy/gunicorn.conf.py deploy/healthcheck.py deploy/
RUN python -m compileall -q minimaluser
ENV WEB_CONCURRENCY=1
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["python", "deploy/healthcheck.py"]
CMD ["python", "-m", "minimaluser.server", "minimaluser.mailer:create_app()"]

FROM runtime AS site
COPY --from=wheels /venv /venv
COPY migrations migrations
COPY templates templates
COPY static static
COPY --from=assets /build/static/build static/build
COPY deploy/gunicorn.conf.py deploy/healthcheck.py deploy/release.sh deploy/
COPY minimaluser minimaluser
RUN python -m compileall -q minimaluser migrations
USER 10001:10001

# A worker has no port; the age of the queue stands in the site's /readyz.
FROM site AS worker
HEALTHCHECK NONE
CMD ["python", "-m", "minimaluser.outbox.worker"]

FROM site AS web
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["python", "deploy/healthcheck.py"]
CMD ["python", "-m", "minimaluser.server"]
