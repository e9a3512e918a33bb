/** Every service with all its variables: what the services validate, the bootstrap checks, and the pages list. */

import { commonVariables } from '../common-variables.ts';
import type { SettingsService } from '../hybrid-integration.ts';
import { integer } from '../values.ts';
import { type Variables, variable } from '../variable.ts';
import { exasVariables } from './exas.ts';
import { excpVariables } from './excp.ts';
import { excsVariables } from './excs.ts';

export const services = ['excs', 'exas', 'excp'] as const;
export type ServiceName = (typeof services)[number];

/** Ports of the services unless `HTTP_PORT` says otherwise. */
export const defaultPorts = { excs: 3640, exas: 3630, excp: 3650 } as const satisfies Record<
  ServiceName,
  number
>;

/** The variables of each service besides the common ones. */
export const ownVariables = {
  excs: excsVariables,
  exas: exasVariables,
  excp: excpVariables,
} as const satisfies Record<ServiceName, Variables>;

/** All variables of a service: the common ones with its port, and `own`. */
export function serviceVariables<V extends Variables>(
  service: ServiceName,
  own: V,
): typeof commonVariables & V {
  const port = variable({
    schema: integer({ min: 0, max: 65_535 }).default(defaultPorts[service]),
    description: commonVariables.HTTP_PORT.description,
  });
  return { ...commonVariables, ...own, HTTP_PORT: port };
}

/** The section of `hybrid_integration` with the OAuth client of a service: the one secret that it opens. */
export const settingsSections = {
  excs: 'config_sync',
  exas: 'agent_state_sync',
  excp: 'conversation_provider',
} as const satisfies Record<ServiceName, SettingsService>;
