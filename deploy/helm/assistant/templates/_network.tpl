{{/* Where traffic may go, for the policies. */}}

{{- define "assistant.policyOf" -}}
podSelector:
  matchLabels:
    {{- include "assistant.selector" . | nindent 4 }}
policyTypes: [Ingress, Egress]
{{- end -}}

{{- define "assistant.dns" -}}
to:
  - namespaceSelector: {matchLabels: {{ toJson .Values.network.pods.dns }}}
    podSelector: {matchLabels: {{ toJson .Values.network.pods.dnsPods }}}
ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
{{- end -}}

{{/* A service that the site has elsewhere: (list . "llm") */}}
{{- define "assistant.outside" -}}
{{- $root := index . 0 -}}
{{- $peer := index $root.Values.network.outside (index . 1) -}}
{{- if not ($peer | default dict).to -}}
{{- fail (printf "network.outside.%s : dites où est ce service, comme {to: [{ipBlock: {cidr: 10.0.0.12/32}}], port: 443}" (index . 1)) -}}
{{- end -}}
- to: {{ toJson $peer.to }}
  ports: [{port: {{ $peer.port }}}]
{{- end -}}

{{- define "assistant.toPostgres" -}}
{{- if .Values.postgres.cluster -}}
- to: [{podSelector: {matchLabels: {cnpg.io/cluster: {{ include "assistant.postgres" . }}}}}]
  ports: [{port: 5432}]
{{- else -}}
{{ include "assistant.outside" (list . "postgres") }}
{{- end -}}
{{- end -}}

{{- define "assistant.toQdrant" -}}
{{- if .Values.qdrant.cluster -}}
- to: [{podSelector: {matchLabels: {{ include "assistant.selector" (list . "qdrant") | fromYaml | toJson }}}}]
  ports: [{port: 6333}]
{{- else -}}
{{ include "assistant.outside" (list . "qdrant") }}
{{- end -}}
{{- end -}}

{{/* At its public address, as the browser has it: that is what its tokens say. */}}
{{- define "assistant.toKeycloak" -}}
{{- if .Values.keycloak.included -}}
- to: [{namespaceSelector: {matchLabels: {{ toJson .Values.network.pods.entry }}}}]
  ports: [{port: 443}, {port: 8443}]
{{- else -}}
{{ include "assistant.outside" (list . "keycloak") }}
{{- end -}}
{{- end -}}

{{- define "assistant.toTheRest" -}}
{{- if .Values.observability.traces -}}
{{ include "assistant.outside" (list . "collector") }}
{{- end -}}
{{- range .Values.network.outside.more }}
- to: {{ toJson .to }}
  ports: [{port: {{ .port }}}]
{{- end -}}
{{- end -}}

{{- define "assistant.scraped" -}}
{{- if .Values.observability.metrics -}}
- from: [{namespaceSelector: {matchLabels: {{ toJson .Values.network.pods.prometheus }}}}]
  ports: [{port: 9464}]
{{- end -}}
{{- end -}}
