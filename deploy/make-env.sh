#!/bin/sh
# Makes deploy/.env with new secrets for compose.yaml, once:
#   sh deploy/make-env.sh https://www.example.org
#   sh deploy/make-env.sh --try          on this machine, with a certificate of its own and a mail sink
set -eu
cd "$(dirname "$0")"
umask 077

secret() { head -c 36 /dev/urandom | base64 | tr '+/' '-_'; }
password() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

case "${1:-}" in
--try) url=https://localhost:8443 ;;
https://*) url=${1%/} ;;
*)
	echo "usage: sh deploy/make-env.sh https://www.example.org | --try" >&2
	exit 2
	;;
esac
authority=${url#https://}
if ! printf %s "$authority" | LC_ALL=C grep -Eqx '([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?'; then
	echo "A host, perhaps with a port, and no path. An international name is written as browsers send it:" >&2
	echo "  python3 -c 'print(input().encode(\"idna\").decode())'" >&2
	exit 2
fi
host=$(printf %s "$authority" | sed 's/:[0-9]*$//')
set -C # never overwrite an existing file

{
	echo "SITE_URL=$url"
	echo "SITE_AUTHORITY=$authority"
	echo "SITE_HOST=$host"
	for name in SESSION_SECRET JWT_SECRET_USER JWT_SECRET_HTML JWT_MAILER_SECRET; do
		echo "$name=$(secret)"
	done
	echo "POSTGRES_PASSWORD=$(password)"
	echo "AWS_ACCESS_KEY_ID=minimaluser"
	echo "AWS_SECRET_ACCESS_KEY=$(password)"
	if [ "$1" = --try ]; then
		echo "HTTP_PORT=127.0.0.1:8080"
		echo "HTTPS_PORT=127.0.0.1:8443"
		echo "COMPOSE_PROFILES=try"
		echo "SMTP_URL=smtp+plaintext://mailsink:1025"
		echo "MAIL_FROM=site@example.org"
	else
		echo "# Yours: smtp:// (STARTTLS) or smtps:// (TLS); user and password percent-encoded."
		echo "SMTP_URL="
		echo "MAIL_FROM="
	fi
} >.env
set +C
mkdir -p acme certs
chmod 755 acme certs

if [ "$1" = --try ] && [ ! -e certs/site.key ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 \
		-subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
		-keyout certs/site.key -out certs/site.crt 2>/dev/null
	chmod 644 certs/site.key certs/site.crt # nginx has no capability to read files of other owners
fi
echo "deploy/.env is made. Look through it, then: docker compose --env-file deploy/.env up --build --detach"
