{{- define "codesentinel.policy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "codesentinel.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "codesentinel.selector" . | nindent 6 }}
{{- end }}

{{- define "codesentinel.namespace" -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ . }}
{{- end }}

{{- define "codesentinel.dns" -}}
- to:
    {{- include "codesentinel.namespace" "kube-system" | nindent 4 }}
      podSelector:
        matchLabels:
          k8s-app: kube-dns
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end }}

{{/* Names, and the servers that are read, whose ports stand in their addresses. */}}
{{- define "codesentinel.toSources" -}}
{{- include "codesentinel.dns" . }}
- to:
    {{- include "codesentinel.namespace" .Values.networkPolicy.prometheusNamespace | nindent 4 }}
  ports:
    {{- $ports := list }}
    {{- range $url := list .Values.sources.prometheusUrl .Values.sources.historyUrl .Values.sources.alertmanagerUrl }}
    {{- with $url }}
    {{- $parts := urlParse . }}
    {{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $parts.host) | default (ternary "443" "80" (eq $parts.scheme "https")) }}
    {{- $ports = append $ports $port }}
    {{- end }}
    {{- end }}
    {{- range $ports | uniq }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end }}
