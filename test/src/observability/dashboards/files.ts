/** The files of docker/grafana/dashboards. */
import { grafanaJson } from './grafana.ts';
import { dashboards } from './index.ts';

/** Name and text of each file. The name says that it is generated; formatters leave such files alone. */
export function dashboardFiles(): Map<string, string> {
  return new Map(
    Object.entries(dashboards).map(([name, dashboard]) => [
      `${name}.generated.json`,
      `${JSON.stringify(grafanaJson(dashboard), undefined, 2)}\n`,
    ]),
  );
}
