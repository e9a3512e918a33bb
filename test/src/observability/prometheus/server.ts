/** A Prometheus of one's own on a free port: scrapes what it is told, evaluates the alerts, answers queries. */
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuardedServer, onFreePort } from '@exec/testing/servers';
import { request } from 'undici';
import { z } from 'zod';
import { alertsFile } from '../rules.ts';
import { prometheusPrograms } from './programs.ts';

export interface Target {
  /** One of the jobs of docker/prometheus/prometheus.yml. */
  readonly job: string;
  /** The label; short and the same in every run, unlike the address. */
  readonly instance: string;
  /** `host:port` */
  readonly address: string;
}

export type Sample = readonly [seconds: number, value: number];

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

const sample = z.tuple([z.number(), z.string()]).transform(([at, value]): Sample => [at, Number(value)]);
const answer = z.looseObject({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.looseObject({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: sample })),
    }),
    z.looseObject({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(sample) })),
    }),
    z.looseObject({ resultType: z.literal('scalar'), result: sample }),
  ]),
});
const rulesAnswer = z.looseObject({
  data: z.looseObject({
    groups: z.array(
      z.looseObject({
        rules: z.array(
          z.looseObject({
            name: z.string(),
            health: z.string(),
            state: z.string(),
            lastError: z.string().optional(),
            alerts: z.array(z.looseObject({ labels: z.record(z.string(), z.string()), state: z.string() })),
          }),
        ),
      }),
    ),
  }),
});

export type RuleState = z.infer<typeof rulesAnswer>['data']['groups'][number]['rules'][number];

export class Prometheus {
  readonly url: string;
  readonly #server: GuardedServer;

  private constructor(url: string, server: GuardedServer) {
    this.url = url;
    this.#server = server;
  }

  /** @throws Error when the program is missing or does not come up; nothing is left behind then */
  static async start(): Promise<Prometheus> {
    const { prometheus } = await prometheusPrograms();
    return await onFreePort(async (port) => {
      const server = await GuardedServer.start({
        base: tmpdir(),
        steps: [{ step: 'write', path: '{folder}/prometheus.yml', text: configuration }],
        server: {
          program: prometheus,
          args: [
            '--config.file={folder}/prometheus.yml',
            '--storage.tsdb.path={folder}/data',
            `--web.listen-address=127.0.0.1:${port}`,
          ],
        },
        readyText: 'Server is ready to receive web requests',
        stopSignals: ['SIGTERM'],
        crashSignals: [],
      });
      return new Prometheus(`http://127.0.0.1:${port}`, server);
    });
  }

  /** Prometheus notices within five seconds. */
  async add({ job, instance, address }: Target): Promise<void> {
    const file = join(this.#server.folder, `${job}-${instance}.json`);
    const content = [{ targets: [address], labels: { instance, deployment: 'example' } }];
    // Renamed into place: a file half written would be read as none.
    await writeFile(`${file}.new`, JSON.stringify(content));
    await rename(`${file}.new`, file);
  }

  /** @throws Error with Prometheus' own words, when it refuses the expression */
  async instant(query: string): Promise<Series[]> {
    return this.#query('query', { query });
  }

  /** @param times seconds since 1970, and the seconds between two points */
  async range(
    query: string,
    times: { readonly start: number; readonly end: number; readonly step: number },
  ): Promise<Series[]> {
    const { start, end, step } = times;
    return this.#query('query_range', { query, start: String(start), end: String(end), step: String(step) });
  }

  /** Every alert with its state; `health` is `ok` when its expression was evaluated without an error. */
  async rules(): Promise<RuleState[]> {
    const { body } = await request(`${this.url}/api/v1/rules`);
    return rulesAnswer.parse(await body.json()).data.groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    await this.#server.close();
  }

  async #query(path: string, parameters: Record<string, string>): Promise<Series[]> {
    const { body, statusCode } = await request(`${this.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(parameters).toString(),
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${parameters.query}: ${text}`);
    const { data } = answer.parse(JSON.parse(text));
    switch (data.resultType) {
      case 'vector':
        return data.result.map(({ metric, value }) => ({ labels: metric, samples: [value] }));
      case 'matrix':
        return data.result.map(({ metric, values }) => ({ labels: metric, samples: values }));
      case 'scalar':
        return [{ labels: {}, samples: [data.result] }];
    }
  }
}

/** Scrapes every second: a test is short. The alerts are those that are delivered. */
const configuration = JSON.stringify({
  global: { scrape_interval: '1s', evaluation_interval: '1s', external_labels: { exec_docs: 'docs' } },
  rule_files: [alertsFile],
  scrape_configs: ['excs', 'exas', 'excp', 'bridge'].map((job) => ({
    job_name: job,
    file_sd_configs: [{ files: [`${job}-*.json`] }],
  })),
});
