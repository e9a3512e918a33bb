/** The environment of one service: the common variables with the port of the service, and its own. */
import {
  type CommonEnvironment,
  type ConfigurationFault,
  checkCommon,
  checkPlainText,
  type EnvironmentOf,
  linkVariables,
  parseEnvironment,
  type SecretFile,
  type ServiceName,
  serviceVariables,
  type Variables,
} from '../config/index.ts';
import { checkVerification } from '../config/plain-text.ts';

/** The common variables are always there; `variables` of a service need not repeat them. */
export type ServiceEnvironment<V extends Variables> = CommonEnvironment & EnvironmentOf<V>;

export type ServiceCheck<V extends Variables> = (
  values: Partial<ServiceEnvironment<V>>,
) => Iterable<ConfigurationFault>;

/** @throws ConfigurationError with all faults */
export function parseServiceEnvironment<V extends Variables>(
  service: ServiceName,
  variables: V,
  env: NodeJS.ProcessEnv,
  options: {
    readonly warn: (message: string) => void;
    readonly check?: ServiceCheck<V> | undefined;
    readonly onSecretFile?: (file: SecretFile) => void;
  },
): ServiceEnvironment<V> {
  const links = Object.keys(linkVariables);
  const values = parseEnvironment<Variables>(serviceVariables(service, variables), env, {
    warn: options.warn,
    ...(options.onSecretFile === undefined ? {} : { onSecretFile: options.onSecretFile }),
    // One environment file may serve several services.
    alsoKnown: [...links, ...links.map((name) => `${name}_FILE`)],
    *check(partial) {
      yield* checkCommon(partial);
      yield* checkPlainText(partial);
      yield* checkVerification(env);
      yield* options.check?.(partial as Partial<ServiceEnvironment<V>>) ?? [];
    },
  });
  return values as ServiceEnvironment<V>;
}
