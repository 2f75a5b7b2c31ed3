{{/* The settings of our own processes (ui/settings.py), and the files that these name. No secret stands among them. */}}

{{- define "assistant.qdrantUrl" -}}
{{- if .Values.qdrant.cluster -}}
https://{{ include "assistant.name" . }}-qdrant.{{ .Release.Namespace }}.svc:6333
{{- else -}}
{{ required "qdrant.url : sans qdrant.cluster, donnez l’adresse du Qdrant du site" .Values.qdrant.url }}
{{- end -}}
{{- end -}}

{{- define "assistant.llmUrl" -}}
{{- if eq .Values.llm.kind "external" -}}
{{ required "llm.url : avec llm.kind=external, donnez l’adresse du moteur, qui finit par /v1" .Values.llm.url }}
{{- else -}}
https://{{ include "assistant.name" . }}-llm.{{ .Release.Namespace }}.svc:8443/v1
{{- end -}}
{{- end -}}

{{/* What a command needs that opens the database alone. */}}
{{- define "assistant.databaseSettings" -}}
- {name: ASSISTANT_HOME, value: /var/lib/assistant/home}
- {name: ASSISTANT_POSTGRES_FILE, value: /run/secrets/postgres/uri}
{{- if include "assistant.postgresAuthority" . }}
- {name: PGSSLMODE, value: verify-full}
- {name: PGSSLROOTCERT, value: /run/secrets/postgres-authority/ca.crt}
{{- end }}
{{- end -}}

{{- define "assistant.settings" -}}
{{- $name := "ASSISTANT_ENGINE_SITE" -}}
{{ include "assistant.databaseSettings" . }}
- {name: ASSISTANT_URL, value: {{ .Values.url | quote }}}
- {name: ASSISTANT_SECRET_FILE, value: /run/secrets/assistant/secret}
- {name: ASSISTANT_KEYCLOAK, value: {{ .Values.keycloak.realm | quote }}}
- {name: ASSISTANT_KEYCLOAK_CLIENT, value: {{ .Values.keycloak.client | quote }}}
- {name: ASSISTANT_KEYCLOAK_SECRET_FILE, value: /run/secrets/assistant/keycloak}
- {name: ASSISTANT_QDRANT, value: {{ include "assistant.qdrantUrl" . | quote }}}
- {name: ASSISTANT_QDRANT_KEY_FILE, value: /run/secrets/assistant/qdrant}
- {name: ASSISTANT_QDRANT_SHARDS, value: {{ .Values.qdrant.shards | quote }}}
- {name: {{ $name }}_KIND, value: server}
- {name: {{ $name }}_URL, value: {{ include "assistant.llmUrl" . | quote }}}
- {name: {{ $name }}_MODEL, value: {{ .Values.llm.model | quote }}}
- {name: {{ $name }}_CONTEXT, value: {{ .Values.llm.context | quote }}}
- {name: {{ $name }}_PLACES, value: {{ .Values.llm.places | quote }}}
{{- with .Values.llm.format }}
- {name: {{ $name }}_FORMAT, value: {{ . }}}
{{- end }}
{{- if .Values.llm.key }}
- {name: {{ $name }}_KEY_FILE, value: /run/secrets/assistant/llm}
{{- end }}
{{- if .Values.authorities.configMap }}
- {name: {{ $name }}_CA, value: /etc/authorities/ca.crt}
- {name: ASSISTANT_KEYCLOAK_CA, value: /etc/authorities/ca.crt}
- {name: SSL_CERT_FILE, value: /etc/authorities/ca.crt}
{{- end }}
- {name: ASSISTANT_BLOBS, value: /var/lib/assistant/shared/blobs}
- {name: ASSISTANT_AUDIT_KEY, value: /var/lib/assistant/shared/audit/signing.pem}
{{- if not (hasKey .Values.settings "CHECKPOINTS") }}
- {name: ASSISTANT_CHECKPOINTS, value: /var/lib/assistant/shared/checkpoints}
{{- end }}
{{- if .Values.observability.metrics }}
- {name: ASSISTANT_METRICS, value: "0.0.0.0:9464"}
{{- end }}
{{- with .Values.observability.traces }}
- {name: ASSISTANT_TRACES, value: {{ . | quote }}}
{{- if $.Values.authorities.configMap }}
- {name: ASSISTANT_TRACES_CA, value: /etc/authorities/ca.crt}
{{- end }}
{{- end }}
{{- range $setting, $value := .Values.settings }}
- {name: ASSISTANT_{{ $setting }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- end -}}

{{- define "assistant.databaseMounts" -}}
- {name: home, mountPath: /var/lib/assistant/home}
- {name: tmp, mountPath: /tmp}
- {name: postgres, mountPath: /run/secrets/postgres, readOnly: true}
{{- if include "assistant.postgresAuthority" . }}
- {name: postgres-authority, mountPath: /run/secrets/postgres-authority, readOnly: true}
{{- end }}
{{- end -}}

{{- define "assistant.mounts" -}}
{{ include "assistant.databaseMounts" . }}
- {name: shared, mountPath: /var/lib/assistant/shared}
- {name: secrets, mountPath: /run/secrets/assistant, readOnly: true}
{{- if .Values.authorities.configMap }}
- {name: authorities, mountPath: /etc/authorities, readOnly: true}
{{- end }}
{{- if .Values.files }}
- {name: files, mountPath: /etc/assistant, readOnly: true}
{{- end }}
{{- end -}}

{{- define "assistant.databaseVolumes" -}}
{{ include "assistant.scratch" . }}
- name: home
  emptyDir: {sizeLimit: 2Gi}
- name: postgres
  secret:
    secretName: {{ .Values.postgres.secret }}
    defaultMode: 0440
    items: [{key: uri, path: uri}]
{{- with include "assistant.postgresAuthority" . }}
- name: postgres-authority
  secret:
    secretName: {{ . }}
    defaultMode: 0440
    items: [{key: ca.crt, path: ca.crt}]
{{- end }}
{{- end -}}

{{- define "assistant.volumes" -}}
{{ include "assistant.databaseVolumes" . }}
- name: shared
  persistentVolumeClaim: {claimName: {{ include "assistant.sharedClaim" . }}}
- name: secrets
  secret: {secretName: {{ .Values.secret }}, defaultMode: 0440}
{{- with .Values.authorities.configMap }}
- name: authorities
  configMap:
    name: {{ . }}
    items: [{key: {{ $.Values.authorities.key }}, path: ca.crt}]
{{- end }}
{{- with .Values.files }}
- name: files
  configMap: {name: {{ . }}}
{{- end }}
{{- end -}}
