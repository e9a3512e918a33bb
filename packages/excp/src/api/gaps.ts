/** `GET /api/v1/gaps`: times in which events were lost, newest first. */
import { gapsAnswer } from '@exec/common/answers/conversations';
import type { ServiceApp } from '@exec/common/http';
import { redisFailure } from '@exec/common/redis';
import { readGap } from '../recovery/gap.ts';
import type { RoutesOptions } from './options.ts';
import { timeText } from './time-text.ts';

export function gapRoutes(app: ServiceApp, { redis, keys, formats }: RoutesOptions): void {
  app.get(
    '/gaps',
    {
      config: { right: 'read' },
      schema: {
        summary: 'Times in which events were lost, newest first',
        response: { 200: gapsAnswer },
      },
    },
    async () => {
      const texts = await redis.client.lrange(keys.gaps, 0, 999).catch((error: unknown) => {
        throw redisFailure(error, 'read the gaps');
      });
      const items = texts.flatMap((text) => {
        const gap = readGap(formats, text);
        if (gap === undefined) return [];
        const { site, connection, from, to, why } = gap;
        const seconds = (to - from) / 1000;
        return [
          {
            site,
            connection,
            from: timeText(from),
            to: timeText(to),
            seconds,
            why,
          },
        ];
      });
      return { items };
    },
  );
}
