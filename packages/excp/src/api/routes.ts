/** The REST side of EXCP: conversations, dead letters, gaps. Either instance answers, from what Redis holds. */
import type { Clock } from '@exec/common/clock';
import type { ServiceApp } from '@exec/common/http';
import type { RedisConnection } from '@exec/common/redis';
import type { ExcpKeys } from '../keys.ts';
import { conversationRoutes } from './conversations.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { gapRoutes } from './gaps.ts';

export interface RoutesOptions {
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly clock: Clock;
  /** Organisation and tenant: part of every ID. */
  readonly scope: string;
}

export function excpRoutes(app: ServiceApp, options: RoutesOptions): void {
  conversationRoutes(app, options);
  deadLetterRoutes(app, options);
  gapRoutes(app, options);
}
