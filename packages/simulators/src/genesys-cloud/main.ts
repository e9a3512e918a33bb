/** The fake Genesys Cloud as a process: one JSON line when it is ready, `/__control` to drive it. */
import { fstatSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { textOf } from '@exec/common/trouble';
import { FakeGenesysCloud } from './fake-genesys-cloud.ts';
import type { FakeGenesysCloudOptions, OAuthClient, RepeatMode } from './options.ts';

const usage = `node main.ts [--port n] [--host address] [--organization-id id] [--client id:secret]...
  [--requests-per-minute n|unlimited] [--repeat-mode dedupe|refuse-repeat] [--visibility-delay-ms n]
  [--token-lifetime-seconds n] [--event-latency-ms n]`;

function readOptions(): FakeGenesysCloudOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      port: text,
      host: text,
      'organization-id': text,
      client: { type: 'string', multiple: true },
      'requests-per-minute': text,
      'repeat-mode': text,
      'visibility-delay-ms': text,
      'token-lifetime-seconds': text,
      'event-latency-ms': text,
    },
  });
  const requests = values['requests-per-minute'];
  return {
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values['organization-id'] === undefined ? {} : { organizationId: values['organization-id'] }),
    ...(values.client === undefined ? {} : { clients: values.client.map(clientOf) }),
    ...(requests === 'unlimited'
      ? { requestsPerMinute: Number.POSITIVE_INFINITY }
      : numberOption('requestsPerMinute', requests)),
    ...(values['repeat-mode'] === undefined ? {} : { repeatMode: repeatModeOf(values['repeat-mode']) }),
    ...numberOption('port', values.port),
    ...numberOption('visibilityDelayMs', values['visibility-delay-ms']),
    ...numberOption('tokenLifetimeSeconds', values['token-lifetime-seconds']),
    ...numberOption('eventLatencyMs', values['event-latency-ms']),
  };
}

function numberOption<Name extends string>(name: Name, value: string | undefined): { [N in Name]?: number } {
  const found: { [N in Name]?: number } = {};
  if (value === undefined) return found;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0)
    throw new TypeError(`${name} must be a whole number, not ${value}.`);
  found[name] = number;
  return found;
}

function repeatModeOf(value: string): RepeatMode {
  if (value === 'dedupe' || value === 'refuse-repeat') return value;
  throw new TypeError(`--repeat-mode must be dedupe or refuse-repeat, not ${value}.`);
}

function clientOf(value: string): OAuthClient {
  const [clientId = '', ...secret] = value.split(':');
  if (clientId === '' || secret.length === 0) throw new TypeError('--client must be id:secret.');
  return { clientId, clientSecret: secret.join(':'), name: clientId };
}

/** Calls `ended` when the process that started this one has gone: its channel or its end of our standard input closes. */
function watchParent(ended: () => void): void {
  process.once('disconnect', ended);
  const input = fstatSync(0);
  // A terminal or a device such as /dev/null says nothing about a parent.
  if (!input.isFIFO() && !input.isSocket()) return;
  process.stdin.once('end', ended).once('close', ended).resume();
}

async function main(): Promise<void> {
  let options: FakeGenesysCloudOptions;
  try {
    options = readOptions();
  } catch (error) {
    process.stderr.write(`${textOf(error)}\n${usage}\n`);
    process.exitCode = 78;
    return;
  }
  const fake = await FakeGenesysCloud.start(options);
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(0);
    isStopping = true;
    void fake.close().finally(() => process.exit(0));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  watchParent(() => {
    if (!isStopping) stop();
  });
  const ready = {
    ready: true,
    url: fake.url,
    tokenUrl: fake.tokenUrl,
    organizationId: fake.organizationId,
    clients: fake.clients,
    pid: process.pid,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

await main();
