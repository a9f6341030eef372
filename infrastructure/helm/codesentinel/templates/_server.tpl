{{/* A Deployment, its Service and its budget: what judge, web and mcp have in common. */}}
{{- define "codesentinel.server" -}}
{{- $root := .root }}
{{- $values := index $root.Values .component }}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "codesentinel.metadata" . | nindent 2 }}
spec:
  replicas: {{ .replicas }}
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      {{- include "codesentinel.selector" . | nindent 6 }}
  strategy:
    type: {{ if gt (int .replicas) 1 }}RollingUpdate{{ else }}Recreate{{ end }}
  template:
    metadata:
      labels:
        {{- include "codesentinel.podLabels" . | nindent 8 }}
    spec:
      {{- include "codesentinel.pod" . | nindent 6 }}
      terminationGracePeriodSeconds: 30
      {{- if gt (int .replicas) 1 }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "codesentinel.selector" . | nindent 14 }}
      {{- end }}
      securityContext:
        {{- include "codesentinel.podSecurity" $root | nindent 8 }}
      containers:
        - name: {{ .component }}
          {{- include "codesentinel.container" $root | nindent 10 }}
            - configMapRef:
                name: codesentinel-sources
          args:
            {{- toYaml .args | nindent 12 }}
            # Beyond the loopback interface, which is only done behind a token.
            - {{ printf "--host=%s" $root.Values.listen | quote }}
            - --token-file=/etc/codesentinel/token/token
            - --host-name=codesentinel-{{ .component }}
            - --host-name=codesentinel-{{ .component }}.{{ $root.Release.Namespace }}.svc
            {{- range $values.hostNames }}
            - --host-name={{ . }}
            {{- end }}
          ports:
            - {name: http, containerPort: {{ .port }}}
          securityContext:
            {{- include "codesentinel.containerSecurity" $root | nindent 12 }}
          {{- include "codesentinel.probes" $root | nindent 10 }}
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          volumeMounts:
            {{- include "codesentinel.mounts" $root | nindent 12 }}
            {{- include "codesentinel.tokenMount" $root | nindent 12 }}
      volumes:
        - name: workspace
          emptyDir:
            sizeLimit: {{ $values.storage | default "256Mi" }}
        {{- include "codesentinel.scratch" $root | nindent 8 }}
        {{- include "codesentinel.tokenVolume" (dict "root" $root "key" .key) | nindent 8 }}
---
apiVersion: v1
kind: Service
metadata:
  {{- include "codesentinel.metadata" . | nindent 2 }}
spec:
  selector:
    {{- include "codesentinel.selector" . | nindent 4 }}
  ports:
    - {name: http, port: {{ .port }}, targetPort: http}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "codesentinel.metadata" . | nindent 2 }}
spec:
  # Nodes can be drained: one at a time goes.
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "codesentinel.selector" . | nindent 6 }}
{{- end }}
