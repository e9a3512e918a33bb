/** What the environment and the `hybrid_integration` settings say, validated. */
export { AllowedHosts, isLoopbackHost } from './allowed-hosts.ts';
export { type ApiToken, apiTokensOf, firstApiToken } from './api-tokens.ts';
export { type CloudEndpoints, cloudEndpoints } from './cloud-endpoints.ts';
export { type CommonEnvironment, checkCommon, commonVariables, logLevels } from './common-variables.ts';
export {
  ConfigurationError,
  type ConfigurationFault,
  type ParseEnvironmentOptions,
  parseEnvironment,
  type SecretFile,
} from './environment.ts';
export {
  type Annex,
  type ClientCredentials,
  type HybridIntegrationSettings,
  type ParsedSettings,
  parseHybridIntegration,
  type SettingsService,
  settingsServices,
} from './hybrid-integration.ts';
export { linkVariables } from './link-variables.ts';
export { isMailAddress } from './mail-address.ts';
export { checkPlainText, plainPeers } from './plain-text.ts';
export { Secret } from './secret.ts';
export { exasVariables } from './services/exas.ts';
export { excpVariables } from './services/excp.ts';
export { type Amount, excsVariables } from './services/excs.ts';
export {
  defaultPorts,
  ownVariables,
  type ServiceName,
  services,
  serviceVariables,
  settingsSections,
} from './services/index.ts';
export { settingsKeysOf } from './settings-cipher.ts';
export { SettingsStore, type SettingsStoreOptions } from './settings-store.ts';
export { type Connection, connections, type Site, sitesFileSchema, sitesOf } from './sites.ts';
export {
  commaList,
  flag,
  integer,
  oneOf,
  type PeerAddress,
  peerAddress,
  readableFile,
  text,
  textTo,
  url,
} from './values.ts';
export {
  describeVariables,
  type EnvironmentOf,
  type ValueOf,
  type Variable,
  type VariableDescription,
  type Variables,
  variable,
} from './variable.ts';
