/** What a service needs to reach its EX organisation: two addresses and an OAuth client. */
import type { Secret } from '../config/secret.ts';

export interface CloudAccess {
  /** Origin of the API host, for example `https://api.mypurecloud.com`. */
  readonly baseUrl: string;
  /** Full address of the token endpoint, for example `https://login.mypurecloud.com/oauth/token`. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** Whether two accesses lead to the same place as the same client, whatever the secret. */
export function isSameClient(a: CloudAccess, b: CloudAccess): boolean {
  return a.baseUrl === b.baseUrl && a.tokenUrl === b.tokenUrl && a.clientId === b.clientId;
}

/** Whether two accesses are equal in everything, the secret included. */
export function isSameAccess(a: CloudAccess, b: CloudAccess): boolean {
  return isSameClient(a, b) && a.clientSecret.reveal() === b.clientSecret.reveal();
}
