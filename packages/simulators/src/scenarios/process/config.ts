/** What the Engage side's process is told: its set-up in the first line, its commands in the lines after it. */
import { z } from 'zod';

const agent = z.strictObject({
  employeeId: z.string().min(1),
  loginCode: z.string().min(1),
  dn: z.string().min(1),
});

const site = z.strictObject({
  switch: z.string().min(1),
  agents: z.array(agent),
  /** Numbers of virtual queues. */
  queues: z.array(z.string().min(1)),
  /** Further telephones of the switch. */
  extensions: z.array(z.string().min(1)).default([]),
});

const ports = z.strictObject({ primary: z.int().min(0).max(65_535), backup: z.int().min(0).max(65_535) });

export const engageConfig = z.strictObject({
  /** One or two. */
  sites: z.tuple([site]).or(z.tuple([site, site])),
  host: z.string().default('127.0.0.1'),
  /** The ApplicationPassword that clients must give. */
  password: z.string().optional(),
  /** Default: any free ones. */
  ports: z.strictObject({ sip: ports.optional(), stat: ports.optional() }).default({}),
  /** Port on which test calls at the first site can be asked for over HTTP; 0: any free one. Default: none. */
  testCalls: z.int().min(0).max(65_535).optional(),
});

export type EngageConfig = z.output<typeof engageConfig>;
/** As a caller writes it, with what has a default left out. */
export type EngageConfigInput = z.input<typeof engageConfig>;

const id = z.union([z.int(), z.string()]).optional();

export const engageCommand = z.discriminatedUnion('command', [
  z.strictObject({
    id,
    command: z.literal('play-day'),
    /** At which site: 0 is the first one. */
    site: z.int().min(0).max(1).default(0),
    seed: z.int().default(1),
    calls: z.int().min(0),
    /** Default: all agents of the site. */
    agents: z.int().min(1).optional(),
    durationMs: z.number().min(1),
    wrapupCodes: z.array(z.string()).default([]),
    mix: z
      .strictObject({
        abandoned: z.number().min(0).max(1).optional(),
        held: z.number().min(0).max(1).optional(),
        disposition: z.number().min(0).max(1).optional(),
        staying: z.number().min(0).max(1).optional(),
      })
      .default({}),
  }),
  z.strictObject({
    id,
    command: z.literal('play-scenarios'),
    /** Default: all that can be played beside others with usual settings. */
    names: z.array(z.string()).optional(),
    times: z.int().min(1).default(1),
    everyMs: z.number().min(0).default(0),
    speed: z.number().positive().default(1),
    /** Agents of each site, counted from its first, who do not play: they have a day of their own. */
    firstAgent: z.int().min(0).default(0),
    codes: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({ id, command: z.literal('status') }),
  z.strictObject({ id, command: z.literal('states') }),
  z.strictObject({
    id,
    command: z.literal('switchover'),
    server: z.enum(['sip', 'stat']),
    crash: z.boolean().default(false),
  }),
  z.strictObject({
    id,
    command: z.literal('reachable'),
    server: z.enum(['sip', 'stat']),
    reachable: z.boolean(),
  }),
  z.strictObject({ id, command: z.literal('finish') }),
]);

export type EngageCommand = z.output<typeof engageCommand>;
export type EngageCommandInput = z.input<typeof engageCommand>;
