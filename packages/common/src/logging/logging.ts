/** JSON logs in Elastic Common Schema names, one object a line, without secrets. */
import { ecsFormat } from '@elastic/ecs-pino-format';
import { type DestinationStream, pino } from 'pino';
import type { Secret } from '../config/secret.ts';
import { ExecError } from '../errors/errors.ts';
import { redact, redactValue, redactWords, scrubber } from './redaction.ts';

export type { DestinationStream } from 'pino';
export type Logger = pino.Logger;

/** Logs nothing: for tests and for parts that are used without a service. */
export const silentLogger: Logger = pino({ level: 'silent' });

export interface LoggerOptions {
  /** `service.name`. */
  readonly service: string;
  /** Lowest level that is written: trace, debug, info, warn, error, fatal or silent. */
  readonly level: string;
  readonly version?: string;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
  /** Values that are taken out of every line, wherever they come from. */
  readonly secrets?: readonly Secret[];
}

/**
 * Fields are written as ECS names with dots: `logger.info({ 'exec.call_uuid': id }, 'message')`, errors as `err`.
 * As a last net, values under names of secrets and attached data, credentials inside addresses, bearer tokens,
 * telephone numbers and e-mail addresses are replaced, at every level; log chosen fields all the same, never whole requests or settings.
 */
export function createLogger(options: LoggerOptions): Logger {
  const ecs = ecsFormat({
    serviceName: options.service,
    ...(options.version === undefined ? {} : { serviceVersion: options.version }),
    apmIntegration: false,
  });
  const format = ecs.formatters;
  const logger: Logger = pino(
    {
      ...ecs,
      level: options.level,
      formatters: {
        ...format,
        log: (fields) => redact({ ...format?.log?.(fields), ...factsOf(fields) }),
      },
      hooks: {
        logMethod(args, method) {
          // The first part is the fields, cleaned as they are formatted; the others belong to the text.
          const cleaned = args.map((part: unknown, index) =>
            index === 0 ? textOnly(part) : redactValue(part),
          );
          method.apply(this, cleaned as typeof args);
        },
      },
    },
    withoutSecrets(options.destination ?? pino.destination({ fd: 1, sync: true }), options.secrets ?? []),
  );
  redactBindings(logger);
  return logger;
}

function withoutSecrets(destination: DestinationStream, secrets: readonly Secret[]): DestinationStream {
  // Also what a secret was before: a late line may hold it.
  const known = new Set(secrets.map((secret) => secret.reveal()));
  let scrub = scrubber(known);
  for (const secret of secrets)
    secret.onChange((value) => {
      scrub = scrubber(known.add(value));
    });
  return { write: (line) => destination.write(scrub === undefined ? line : scrub(line)) };
}

function textOnly(part: unknown): unknown {
  return typeof part === 'string' ? redactWords(part) : part;
}

/** Pino formats the bindings of the root only; children inherit this method, and with it the redaction. */
function redactBindings(logger: Logger): void {
  const { child } = logger;
  logger.child = function redacting(this: Logger, bindings: pino.Bindings, ...rest: never[]) {
    return child.call(this, redact(bindings), ...rest);
  } as typeof logger.child;
}

/** What an error of ours says beyond type, message and stack. */
function factsOf(fields: { readonly err?: unknown }): Record<string, unknown> {
  const { err } = fields;
  if (!(err instanceof ExecError)) return {};
  const hasDetails = Object.keys(err.details).length > 0;
  return { 'error.code': err.code, ...(hasDetails ? { 'exec.details': err.details } : {}) };
}
