/** Where what Prometheus and Grafana read lies in the repository. */
import { fileURLToPath } from 'node:url';

const below = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

export const prometheusFolder = below('docker/prometheus');
export const dashboardFolder = below('docker/grafana/dashboards');
export const docsFolder = below('docs');
