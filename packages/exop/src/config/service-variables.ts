/** The variables of each service that may stand in `.env`: the services' own, so that what passes here starts there. */
import {
  defaultPorts,
  integer,
  serviceVariables as ofService,
  ownVariables,
  type ServiceName,
  services,
  type Variables,
  variable,
} from '@exec/common/config';

/** A port that others are told must be chosen; the services also take 0, which draws one. */
const withPort = (service: ServiceName): Variables => ({
  ...ofService(service, ownVariables[service]),
  HTTP_PORT: variable({
    schema: integer({ min: 1, max: 65_535 }).default(defaultPorts[service]),
    description: 'Port of the service on its VM.',
  }),
});

export const serviceVariables: Readonly<Record<ServiceName, Variables>> = {
  excs: withPort('excs'),
  exas: withPort('exas'),
  excp: withPort('excp'),
};

/** Variables that name a file here: it is copied to the VM and mounted, and the variable follows it. */
export const fileVariables: ReadonlySet<string> = new Set(
  services.flatMap((service) =>
    Object.entries(serviceVariables[service]).flatMap(([name, { file }]) => (file === true ? [name] : [])),
  ),
);
