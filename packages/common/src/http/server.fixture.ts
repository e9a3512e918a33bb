/** A service shell on a free port of loopback, with what it logged. */
import { onTestFinished } from 'vitest';
import { createLogger } from '../logging/logging.ts';
import { createRegistry } from '../metrics.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { Health } from './health.ts';
import {
  createHttpServer,
  type HttpEnvironment,
  type HttpServerOptions,
  type ServiceHttp,
} from './server.ts';

export interface Shell {
  readonly http: ServiceHttp;
  readonly health: Health;
  readonly registry: HttpServerOptions['registry'];
  /** Lines of the log as they were written. */
  readonly lines: string[];
}

export function shell(
  env: Partial<HttpEnvironment> = {},
  limits: HttpServerOptions['limits'] = {},
  clock: Clock = systemClock,
  console: HttpServerOptions['console'] = undefined,
): Shell {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'test',
    level: 'trace',
    destination: { write: (line) => void lines.push(line) },
  });
  const health = new Health({ clock: systemClock });
  const registry = createRegistry({ service: 'test', version: '1.2.3', processMetrics: false });
  const http = createHttpServer({
    service: 'test',
    version: '1.2.3',
    env: { HTTP_HOST: '127.0.0.1', HTTP_PORT: 0, ...env },
    logger,
    registry,
    health,
    clock,
    limits,
    console,
  });
  onTestFinished(() => http.close());
  return { http, health, registry, lines };
}
