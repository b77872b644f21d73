{{- define "fundstelle.name" -}}
{{- printf "%s" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "fundstelle.selector" -}}
app.kubernetes.io/name: fundstelle
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "fundstelle.labels" -}}
{{ include "fundstelle.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "fundstelle.claim" -}}
{{- .Values.files.existingClaim | default (printf "%s-files" (include "fundstelle.name" .)) -}}
{{- end -}}
