#!/bin/sh
# Runs once per release, before the new web servers start: schema, initial data, browser files. Safe to repeat.
set -eu
case "${WSGI_APP:-}" in *mailer*) exit 0 ;; esac # the mailer has no database

flask --app minimaluser db upgrade # says first what is wrong with the settings

if [ -n "${AWS_TILES_BUCKET_NAME:-}" ] && [ -n "${CREATE_BUCKET:-}" ]; then
	python - <<'PYTHON'
import os
import boto3

client = boto3.client("s3", endpoint_url=os.environ.get("AWS_ENDPOINT_URL") or None)
name = os.environ["AWS_TILES_BUCKET_NAME"]
if name not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
    client.create_bucket(Bucket=name)
PYTHON
fi

flask --app minimaluser seed

# nginx serves these. Files of older releases stay, because open pages still request them.
if [ -n "${STATIC_FOLDER:-}" ]; then
	mkdir -p "$STATIC_FOLDER"
	cp -R static/build/. "$STATIC_FOLDER/"
	# Which views take larger bodies. Another name first, so that nginx never reads a half of it.
	flask --app minimaluser access --nginx > "$STATIC_FOLDER/../new-uploads"
	mv "$STATIC_FOLDER/../new-uploads" "$STATIC_FOLDER/../uploads.conf"
fi
