/** Finds the value of a service's variable in `.env`: that of the instance, of the service, or the common one. */
import type { Variables } from '@exec/common/config';
import { type ServiceName, services } from '@exec/common/config';
import { serviceVariables } from './service-variables.ts';

export interface ScopedEnvironment {
  /** By the service's own name of the variable. */
  readonly values: Readonly<Record<string, string>>;
  /** The name in `.env` from which each came. */
  readonly origin: ReadonlyMap<string, string>;
}

/**
 * Looks for `<prefix>NAME` in the order of the prefixes. A secret and its `_FILE` form are one choice: the
 * narrowest scope that has either wins.
 */
export function scopedEnvironment(
  file: ReadonlyMap<string, string>,
  variables: Variables,
  prefixes: readonly string[],
): ScopedEnvironment {
  const values: Record<string, string> = {};
  const origin = new Map<string, string>();
  for (const [name, declared] of Object.entries(variables)) {
    const forms = declared.secret ? [name, `${name}_FILE`] : [name];
    for (const prefix of prefixes) {
      const here = forms.filter((form) => (file.get(`${prefix}${form}`) ?? '').trim() !== '');
      for (const form of here) {
        values[form] = file.get(`${prefix}${form}`) ?? '';
        origin.set(form, `${prefix}${form}`);
      }
      if (here.length > 0) break;
    }
  }
  return { values, origin };
}

/** `EXCP_2_`, `EXCP_`, and none: the narrowest first. */
export function prefixesOf(service: ServiceName, number: number): readonly string[] {
  const upper = service.toUpperCase();
  return [`${upper}_${number}_`, `${upper}_`, ''];
}

/** Every name that may stand in `.env`. */
export function knownNames(own: Variables): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (variables: Variables, prefixes: readonly string[]): void => {
    for (const [name, declared] of Object.entries(variables))
      for (const prefix of prefixes) {
        names.add(`${prefix}${name}`);
        if (declared.secret) names.add(`${prefix}${name}_FILE`);
      }
  };
  add(own, ['']);
  for (const service of services)
    for (const number of service === 'excp' ? [1, 2] : [1])
      add(serviceVariables[service], prefixesOf(service, number));
  return names;
}
