/** The sample contact centre of the compose set-up: the same in every container, from the same few settings. */
import type { Expectation } from '../config-db/index.ts';
import { type ContactCentre, expectation, generateContactCentre } from '../config-db/index.ts';
import type { SamplePlace } from './sample-folder.ts';

/** What the containers of the sample call each other. */
export const sampleHosts = { cloud: 'genesys-cloud', engage: 'engage' } as const;
export const samplePorts = {
  cloud: 8443,
  control: 9100,
  sip: { primary: 8000, backup: 8001 },
  stat: { primary: 2060, backup: 2061 },
} as const;
export const sampleEmailDomain = 'contact.example';
export const cloudUrl = `https://${sampleHosts.cloud}:${samplePorts.cloud}`;

export interface Sample {
  readonly centre: ContactCentre;
  readonly expectation: Expectation;
  /** Requests per minute and token that the fake cloud grants. */
  readonly requestsPerMinute: number;
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const text = env[name] ?? '';
  if (text === '') return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new RangeError(`${name} must be a whole number, not ${text}`);
  return value;
}

/** @throws RangeError when a setting is out of bounds */
export function sampleOf(env: NodeJS.ProcessEnv, place: SamplePlace): Sample {
  const centre = generateContactCentre({
    seed: wholeNumber(env, 'SAMPLE_SEED', 1),
    agents: wholeNumber(env, 'SAMPLE_AGENTS', 60),
    // One switch, so that its SIP Server pair can be named in the settings of EXCP.
    switches: 1,
    emailDomain: sampleEmailDomain,
    integration: {
      organizationId: place.organizationId,
      organizationShortName: 'example-org',
      baseServiceUrl: cloudUrl,
      baseAuthUrl: `${cloudUrl}/oauth/token`,
      clients: place.clients,
      agentPollingInterval: 5,
    },
  });
  const { folder } = centre.options;
  return {
    centre,
    expectation: expectation(centre, { folder, defaultEmailDomain: sampleEmailDomain }),
    requestsPerMinute: wholeNumber(env, 'SAMPLE_REQUESTS_PER_MINUTE', 3000),
  };
}

/** The switch with its people, queues and further telephones, as the Engage side is told. */
export function siteOf({ centre, expectation: expected }: Sample) {
  const name = expected.queues[0]?.switch;
  if (name === undefined) throw new RangeError('the contact centre has no queue');
  const mapped = new Set(expected.users.map(({ employeeId }) => employeeId));
  const agents = centre.agentsAtWork().flatMap(({ employeeId, logins, extension }) => {
    const login = logins.find((one) => one.switch === name);
    if (!mapped.has(employeeId) || extension?.switch !== name || login === undefined) return [];
    return [{ employeeId, loginCode: login.code, dn: extension.number }];
  });
  const used = new Set(agents.map(({ dn }) => dn));
  return {
    switch: name,
    agents,
    queues: expected.queues.map(({ number }) => number),
    extensions: expected.numbers.map(({ number }) => number).filter((number) => !used.has(number)),
  };
}
