/** Starts each service with nothing around it and looks at what it registers: metrics and REST description. */

import type { Variables } from '@exec/common/config';
import { silentLogger } from '@exec/common/logging';
import type { Registry } from '@exec/common/metrics';
import { type ServiceContext, startService } from '@exec/common/service';
import { request } from 'undici';
import { services } from './services.ts';

export interface ObservedService {
  readonly service: string;
  readonly title: string;
  readonly registry: Registry;
  readonly openapi: unknown;
}

const common = {
  ORG_ID: '00000000-0000-4000-8000-000000000000',
  TENANT_ID: '101',
  REDIS_URL: 'redis://127.0.0.1:9',
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: '0',
  INSTANCE_ID: 'documentation',
  SETTINGS_PLAINTEXT: 'true',
};

export async function observeServices(): Promise<ObservedService[]> {
  const observed: ObservedService[] = [];
  for (const { title, options, env } of services) {
    let registry: Registry | undefined;
    const running = await startService(
      {
        ...options,
        start: (context: ServiceContext<Variables>) => {
          registry = context.registry;
          return options.start(context);
        },
      },
      { ...common, ...env },
      { logger: silentLogger },
    );
    try {
      const { body } = await request(`http://127.0.0.1:${running.port}/openapi.json`);
      const openapi = (await body.json()) as { info: { version: string } };
      // The release is no part of the interface: a new version alone changes no page.
      openapi.info.version = 'current';
      if (registry === undefined) throw new Error(`${options.service} registered nothing`);
      observed.push({ service: options.service, title, registry, openapi });
    } finally {
      await running.stop();
    }
  }
  return observed;
}
