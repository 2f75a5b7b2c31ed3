{{/* Names, labels, images. */}}

{{- define "assistant.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Of one part: (list . "web") */}}
{{- define "assistant.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: assistant
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "assistant.labels" -}}
{{- $root := index . 0 -}}
{{ include "assistant.selector" . }}
app.kubernetes.io/part-of: assistant
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end -}}

{{/* The head of an object: (list . "web") or, with what is added to its name, (list . "web" "-headless") */}}
{{- define "assistant.metadata" -}}
{{- $root := index . 0 -}}
name: {{ include "assistant.name" $root }}-{{ index . 1 }}{{ if gt (len .) 2 }}{{ index . 2 }}{{ end }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "assistant.labels" (list $root (index . 1)) | nindent 2 }}
{{- end -}}

{{/* (list . "qdrant") */}}
{{- define "assistant.image" -}}
{{- $root := index . 0 -}}
{{- $image := index $root.Values.images (index . 1) -}}
{{- $tag := $image.tag | default $root.Chart.AppVersion -}}
{{ $root.Values.image.registry }}{{ $image.repository }}:{{ $tag }}{{ with $image.digest }}@{{ . }}{{ end }}
{{- end -}}

{{- define "assistant.postgres" -}}{{ include "assistant.name" . }}-postgres{{- end -}}

{{- define "assistant.ownerSecret" -}}
{{- if .Values.postgres.ownerSecret -}}
{{ .Values.postgres.ownerSecret }}
{{- else if .Values.postgres.cluster -}}
{{ include "assistant.postgres" . }}-app
{{- else -}}
{{ fail "postgres.ownerSecret : nommez le Secret, clé « uri », du propriétaire des tables" }}
{{- end -}}
{{- end -}}

{{- define "assistant.postgresAuthority" -}}
{{- .Values.postgres.authoritySecret | default (ternary (printf "%s-ca" (include "assistant.postgres" .)) "" .Values.postgres.cluster) -}}
{{- end -}}

{{- define "assistant.sharedClaim" -}}
{{- .Values.shared.claim | default (printf "%s-shared" (include "assistant.name" .)) -}}
{{- end -}}

{{- define "assistant.serviceAccount" -}}
{{- .Values.serviceAccount | default (include "assistant.name" .) -}}
{{- end -}}
