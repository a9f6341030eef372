#!/bin/sh
# Tell a Pushgateway that a deployment began or ended. Needs a POSIX shell and curl, nothing else.
#
#   PUSHGATEWAY_URL=http://pushgateway:9091 sh push-deployment.sh started|success|failed|rolled-back|aborted
#
# DEPLOY_SERVICE     what is deployed                        (default: the repository's name)
# DEPLOY_ENVIRONMENT to where                                (default: production)
# DEPLOY_REVISION    the commit                              (default: the CI system's, else git's)
# DEPLOY_COMMIT_TIME when it was committed, epoch seconds    (default: the CI system's, else git's)
# DEPLOY_ID          the same for start and end              (default: the CI system's run)
# PUSHGATEWAY_USER   user:password, where it asks for them
#
# Always ends with status 0: a deployment does not fail because nobody could be told of it.

set -u
status=${1:-}
now=$(date +%s)

warn() { echo "warning: the deployment was not pushed: $*" >&2; }

case $status in
started | success | failed | rolled-back | aborted) ;;
failure) status=failed ;; # as GitHub Actions says it
cancelled | canceled) status=aborted ;;
*) warn "not a status: '$status'"; exit 0 ;;
esac
[ -n "${PUSHGATEWAY_URL:-}" ] || { warn "PUSHGATEWAY_URL is not set"; exit 0; }
command -v curl >/dev/null 2>&1 || { warn "there is no curl"; exit 0; }

repository=${GITHUB_REPOSITORY:-${CI_PROJECT_PATH:-}}
service=${DEPLOY_SERVICE:-${repository##*/}}
environment=${DEPLOY_ENVIRONMENT:-${CI_ENVIRONMENT_NAME:-production}}
revision=${DEPLOY_REVISION:-${GITHUB_SHA:-${CI_COMMIT_SHA:-$(git rev-parse HEAD 2>/dev/null)}}}
committed=${DEPLOY_COMMIT_TIME:-}
[ -n "$committed" ] || committed=$(git show --no-patch --format=%ct "$revision" 2>/dev/null | tail -n 1)
if [ -z "$committed" ] && [ -n "${CI_COMMIT_TIMESTAMP:-}" ]; then # a shallow clone may lack the commit
    committed=$(date -d "$CI_COMMIT_TIMESTAMP" +%s 2>/dev/null)
fi
id=${DEPLOY_ID:-}
if [ -z "$id" ] && [ -n "${GITHUB_RUN_ID:-}" ]; then
    id="github-$GITHUB_RUN_ID-${GITHUB_RUN_ATTEMPT:-1}-${GITHUB_JOB:-job}-$service-$environment"
elif [ -z "$id" ] && [ -n "${CI_JOB_ID:-}" ]; then
    id="gitlab-$CI_JOB_ID-$service-$environment"
fi
[ -n "$service" ] || { warn "DEPLOY_SERVICE is not set"; exit 0; }
[ -n "$id" ] || { warn "DEPLOY_ID is not set"; exit 0; }

# When it began is kept beside the job for its end, which tells both.
memo="${RUNNER_TEMP:-${TMPDIR:-/tmp}}/deployment-$(printf %s "$id" | cksum | tr ' ' -)"
if [ "$status" = started ]; then
    began=$now
    printf %s "$now" >"$memo" 2>/dev/null
else
    began=$(cat "$memo" 2>/dev/null)
    rm -f "$memo"
fi
case $began in *[!0-9]*) began= ;; esac
case $committed in *[!0-9]*) committed= ;; esac

escape() { printf %s "$1" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' | tr -d '\n'; }
segment() { printf '%s@base64/%s' "$1" "$(printf %s "$2" | base64 | tr '+/' '-_' | tr -d '=\n')"; }
metric() { # name, value: a sample with its TYPE line, where the value is known
    [ -z "$2" ] || printf '# TYPE codesentinel_pushed_deployment_%s_timestamp_seconds gauge\ncodesentinel_pushed_deployment_%s_timestamp_seconds %s\n' "$1" "$1" "$2"
}
body() {
    printf '# TYPE codesentinel_pushed_deployment_info gauge\n'
    printf 'codesentinel_pushed_deployment_info{run="%s",revision="%s",status="%s"} 1\n' \
        "$(escape "$id")" "$(escape "$revision")" "$status"
    metric start "$began"
    metric commit "$committed"
    [ "$status" = started ] || metric finish "$now"
}
put() { # path of the group
    body | curl --silent --show-error --fail --max-time 10 --retry 2 ${PUSHGATEWAY_USER:+--user "$PUSHGATEWAY_USER"} \
        --request PUT --data-binary @- "${PUSHGATEWAY_URL%/}/metrics/$1" || warn "curl ended with status $?"
}

# A group of its own, which waits until codesentinel has ingested it; then the one that shows the latest.
where="$(segment service "$service")/$(segment environment "$environment")"
put "job/deployment-run/$where/$(segment run "$id")"
put "job/deployment/$where"
exit 0
