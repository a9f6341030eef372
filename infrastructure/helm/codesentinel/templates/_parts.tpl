{{- define "codesentinel.labels" -}}
app.kubernetes.io/name: codesentinel
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: codesentinel
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "codesentinel.selector" -}}
app.kubernetes.io/name: codesentinel
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "codesentinel.metadata" -}}
name: codesentinel-{{ .component }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "codesentinel.labels" .root | nindent 2 }}
  app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "codesentinel.podLabels" -}}
app.kubernetes.io/name: codesentinel
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: codesentinel
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "codesentinel.image" -}}
{{- with .Values.image -}}
{{ .name }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* What a pod is, whatever it does. */}}
{{- define "codesentinel.pod" -}}
serviceAccountName: codesentinel-{{ .component }}
automountServiceAccountToken: {{ eq .component "canary" }}
# The variables that Services bring begin with CODESENTINEL_ here, and would be taken for unknown settings.
enableServiceLinks: false
{{- with .root.Values.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
nodeSelector:
  kubernetes.io/os: linux
{{- end }}

{{/* The "restricted" profile of the Pod Security Standards. */}}
{{- define "codesentinel.podSecurity" -}}
runAsNonRoot: true
# No common image runs as this user: on a node, where an agent sees all processes, none of them is to be its own.
runAsUser: 64870
runAsGroup: 64870
fsGroup: 64870  # whom the token and the workspace are given to
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Root without its powers: of them it has what is added again, and said why. */}}
{{- define "codesentinel.podSecurityOfRoot" -}}
# A process that is not root cannot be given a capability and be kept from gaining any at once
# (`allowPrivilegeEscalation: false`); so it is root, with one or two of its forty capabilities.
runAsUser: 0
runAsGroup: 0
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "codesentinel.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "codesentinel.container" -}}
image: {{ include "codesentinel.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
workingDir: /var/lib/codesentinel
envFrom:
  - configMapRef:
      name: codesentinel-settings
{{- end }}

{{- define "codesentinel.mounts" -}}
- name: workspace
  mountPath: /var/lib/codesentinel
- name: scratch
  mountPath: /tmp
{{- end }}

{{- define "codesentinel.tokenMount" -}}
- name: token
  mountPath: /etc/codesentinel/token
  readOnly: true
{{- end }}

{{/* Each pod gets its own token and none of the others. */}}
{{- define "codesentinel.tokenVolume" -}}
- name: token
  secret:
    secretName: {{ .root.Values.tokens.secret }}
    # Read by its owner alone; where that is root and we are not, by our group.
    defaultMode: {{ if .ofRoot }}0400{{ else }}0440{{ end }}
    items:
      - key: {{ .key }}
        path: token
{{- end }}

{{- define "codesentinel.scratch" -}}
- name: scratch
  emptyDir:
    sizeLimit: 64Mi
{{- end }}

{{/* Ready when it answers; restarted when it has not answered for a minute and a half. */}}
{{- define "codesentinel.probes" -}}
startupProbe:
  httpGet: {path: /-/ready, port: http}
  periodSeconds: 2
  failureThreshold: 60
readinessProbe:
  httpGet: {path: /-/ready, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
livenessProbe:
  httpGet: {path: /-/ready, port: http}
  periodSeconds: 30
  timeoutSeconds: 10
  failureThreshold: 3
{{- end }}
