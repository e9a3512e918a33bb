/** The REST interface of a deployed service, asked from its VM with the token that EXOP keeps. */

import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { firstApiToken, type ServiceName } from '@exec/common/config';
import { ExecError } from '@exec/common/errors';
import { parseJson } from '@exec/common/json-text';
import { z } from 'zod';
import type { Deployment } from '../config/deployment.ts';
import type { KeptSecrets } from '../config/state-file.ts';
import { askOf } from '../ssh/onward.ts';
import { serviceAt, type Vm } from '../ssh/vm.ts';
import { closeAll, connectAll } from './fleet.ts';

export interface Question {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  readonly body?: unknown;
}

const problem = z.looseObject({ code: z.string(), title: z.string(), detail: z.string().optional() });

/** A plan for thousands of agents takes its time through SSH. */
const LIMIT_MS = 60_000;

export class ServiceApi {
  readonly #vm: Vm;
  readonly #token: string;

  constructor(vm: Vm, kept: KeptSecrets) {
    this.#vm = vm;
    this.#token = operatorToken(vm, kept);
  }

  /** @throws ExecError exop.service-silent, exop.service-refused */
  async ask<T>(answer: z.ZodType<T>, question: Question): Promise<T> {
    const { name } = this.#vm;
    const got = await askOf(this.#vm.session, {
      ...serviceAt(this.#vm),
      path: `/api/v1${question.path}`,
      method: question.method ?? 'GET',
      token: this.#token,
      headers: {
        // Stands in the log of the service, beside what was done.
        'x-request-id': `exop-${caller()}-${randomUUID()}`,
        ...(question.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(question.body === undefined ? {} : { body: JSON.stringify(question.body) }),
      limitMs: LIMIT_MS,
    });
    if (got.status === undefined) throw silent(`${name}: ${got.reason}`);
    const content = got.body === '' ? undefined : parseJson(got.body);
    if (got.status >= 300) {
      const said = problem.safeParse(content).data;
      const words = said === undefined ? 'without a reason' : `${said.code}: ${said.detail ?? said.title}`;
      throw new ExecError('exop.service-refused', `${name} answers ${got.status}, ${words}`, {
        details: { status: got.status, code: said?.code ?? '' },
      });
    }
    const parsed = answer.safeParse(content);
    if (parsed.success) return parsed.data;
    throw new ExecError(
      'exop.service-refused',
      `${name} answers ${question.path} as no release of this version does: ${parsed.error.issues[0]?.path.join('.')}`,
    );
  }

  /** All pages of a list. */
  async all<T>(item: z.ZodType<T>, path: string): Promise<T[]> {
    const page = z.looseObject({ items: z.array(item), next: z.string().nullish() });
    const items: T[] = [];
    let next: string | null | undefined = '';
    while (typeof next === 'string') {
      const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`;
      const answer: z.output<typeof page> = await this.ask(page, { path: `${path}?limit=1000${cursor}` });
      items.push(...answer.items);
      next = answer.next;
    }
    return items;
  }
}

/**
 * Asks the first instance of a service that answers; instances of one service know the same.
 *
 * @throws ExecError exop.service-silent that names every instance and why it could not be asked
 */
export async function withService<T>(
  deployment: Deployment,
  kept: KeptSecrets,
  service: ServiceName,
  does: (api: ServiceApi) => Promise<T>,
): Promise<T> {
  const members = await connectAll(
    deployment,
    deployment.instances.filter((one) => one.service === service),
  );
  try {
    const problems: string[] = [];
    for (const { settings, vm, problem: unreached } of members) {
      if (vm === undefined) problems.push(`${settings.name}: ${unreached}`);
      else
        try {
          return await does(new ServiceApi(vm, kept));
        } catch (error) {
          if (!(error instanceof ExecError) || error.code !== 'exop.service-silent') throw error;
          problems.push(error.message);
        }
    }
    throw silent(problems.length === 0 ? `${service} is not part of this deployment` : problems.join('\n'));
  } finally {
    closeAll(members);
  }
}

function silent(message: string): ExecError {
  return new ExecError('exop.service-silent', message, { retryable: true });
}

/** The first of the tokens of the service; one may have a name in front, `name=token`. */
export function operatorToken(vm: Vm, kept: KeptSecrets): string {
  const given = vm.settings.files.get('API_TOKEN') ?? kept.apiToken;
  return firstApiToken(given).reveal();
}

/** The person at the bootstrap VM, as far as a request ID can carry the name. */
function caller(): string {
  try {
    return (
      userInfo()
        .username.replaceAll(/[^A-Za-z0-9._-]/g, '')
        .slice(0, 32) || 'unknown'
    );
  } catch {
    return 'unknown';
  }
}
