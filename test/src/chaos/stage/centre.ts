/** The contact centre of a run: its rows, who works at which site, and what the cloud must hold of it. */
import {
  type ContactCentre,
  createSchema,
  type Expectation,
  expectation,
  generateContactCentre,
  type HybridIntegration,
  load,
} from '@exec/simulators/config-db';
import { Client } from 'pg';
import { type Sites, sitesOf } from '../../demo/sites.ts';

const emailDomain = 'contact.example';
const switches = 2;
const queues = 20;

export class Centre {
  readonly source: ContactCentre;

  private constructor(source: ContactCentre) {
    this.source = source;
  }

  static async create(o: {
    readonly seed: number;
    readonly agents: number;
    readonly databaseUrl: string;
    readonly integration: HybridIntegration;
  }): Promise<Centre> {
    const { seed, agents, integration } = o;
    const source = generateContactCentre({ seed, agents, switches, queues, emailDomain, integration });
    const client = new Client({ connectionString: o.databaseUrl });
    await client.connect();
    try {
      await createSchema(client);
      await load(client, source);
    } finally {
      await client.end();
    }
    return new Centre(source);
  }

  get emailDomain(): string {
    return emailDomain;
  }

  /** As of now: changes of the source change it. */
  get expected(): Expectation {
    return expectation(this.source, {
      folder: this.source.options.folder,
      defaultEmailDomain: emailDomain,
    });
  }

  /** As they are at the begin: nothing changes who has a telephone, or which queues there are. */
  get sites(): Sites {
    return sitesOf(this.source, this.expected);
  }
}
