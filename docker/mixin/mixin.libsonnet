// The connector as a monitoring mixin: for those who build Prometheus and Grafana from Jsonnet.
//   local exec = import 'mixin.libsonnet'; std.manifestYamlDoc(exec.prometheusAlerts)
// The annotation runbook_url begins with the external label exec_docs: set it, or replace it here.
{
  prometheusAlerts+:: std.parseYaml(importstr '../prometheus/alerts.yml'),
  prometheusRules+:: std.parseYaml(importstr '../prometheus/rules.yml'),
  grafanaDashboards+:: {
    'bridge.json': import '../grafana/dashboards/bridge.generated.json',
    'exas.json': import '../grafana/dashboards/exas.generated.json',
    'excp.json': import '../grafana/dashboards/excp.generated.json',
    'excs.json': import '../grafana/dashboards/excs.generated.json',
    'overview.json': import '../grafana/dashboards/overview.generated.json',
    'requests.json': import '../grafana/dashboards/requests.generated.json',
  },
}
