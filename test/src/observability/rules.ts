/** The alerts of docker/prometheus/alerts.yml and the cases of its tests, as far as our own way of writing goes. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prometheusFolder } from './paths.ts';

export interface Alert {
  readonly name: string;
  readonly expr: string;
  readonly severity: string | undefined;
  readonly summary: string | undefined;
  readonly description: string | undefined;
  readonly runbookUrl: string | undefined;
}

export interface AlertCase {
  readonly alert: string;
  readonly fires: boolean;
}

export const alertsFile = join(prometheusFolder, 'alerts.yml');

export async function readAlerts(): Promise<Alert[]> {
  const text = await readFile(alertsFile, 'utf8');
  return text
    .split(/^\s+- alert: /m)
    .slice(1)
    .map((part) => {
      const field = (name: string) => new RegExp(`^\\s+${name}: ["']?(.+?)["']?$`, 'm').exec(part)?.[1];
      const block = /^ {8}expr: \|\n((?: {10}.*\n)+)/m.exec(part)?.[1];
      return {
        name: part.slice(0, part.indexOf('\n')),
        expr: block === undefined ? (field('expr') ?? '') : block.replaceAll(/^ {10}/gm, '').trim(),
        severity: /severity: (\w+)/.exec(part)?.[1],
        summary: field('summary'),
        description: field('description'),
        runbookUrl: field('runbook_url'),
      };
    });
}

export async function alertTestFiles(): Promise<string[]> {
  const names = await readdir(prometheusFolder);
  return names
    .filter((name) => /^alerts\..+\.test\.yml$/.test(name))
    .sort()
    .map((name) => join(prometheusFolder, name));
}

export async function readAlertCases(): Promise<AlertCase[]> {
  const texts = await Promise.all((await alertTestFiles()).map((file) => readFile(file, 'utf8')));
  return texts.flatMap((text) =>
    text
      .split(/^ {8}alertname: /m)
      .slice(1)
      .map((part) => ({
        alert: part.slice(0, part.indexOf('\n')),
        fires: !/^ {8}exp_alerts: \[\]/m.test(part.split(/^ {2}- name:/m)[0] ?? ''),
      })),
  );
}
