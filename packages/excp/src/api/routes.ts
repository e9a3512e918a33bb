/** The REST side of EXCP: conversations, dead letters, quarantine, gaps. Either instance answers, from what Redis holds. */
import type { ServiceApp } from '@exec/common/http';
import { conversationRoutes } from './conversations.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { gapRoutes } from './gaps.ts';
import type { RoutesOptions } from './options.ts';
import { quarantineRoutes } from './quarantine.ts';

export function excpRoutes(app: ServiceApp, options: RoutesOptions): void {
  conversationRoutes(app, options);
  deadLetterRoutes(app, options);
  gapRoutes(app, options);
  quarantineRoutes(app, options);
}
