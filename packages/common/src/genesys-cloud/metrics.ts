/** The metrics of the Genesys Cloud client. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Statuses that alerts ask for: their series exist from the first request of an operation. */
const watchedStatuses = ['200', '429', '503', 'none'];

export interface CloudMetrics {
  /** An operation is used: its series exist from now on. */
  used(operation: string): void;
  /** @param status HTTP status, or `none` without an answer; @param seconds from sending to the last byte */
  request(operation: string, status: string, seconds: number): void;
  /** A request has waited for the budget. */
  waited(seconds: number): void;
  /** The cloud answered 429. */
  rateLimited(): void;
  /** The cloud's clock minus ours. */
  clockSkew(seconds: number): void;
}

/**
 * @param budget requests that may be sent in any 60 seconds, by all tokens together
 * @param tokenExpiry seconds since 1970 when the first token ends, 0 without one; asked at each scrape
 */
export function cloudMetrics(registry: Registry, budget: number, tokenExpiry: () => number): CloudMetrics {
  const registers = [registry];
  new Gauge({
    name: 'exec_genesys_cloud_budget_requests_per_minute',
    help: 'Requests to Genesys Cloud that may be sent in any 60 seconds, by all tokens together.',
    registers,
  }).set(budget);
  const requests = new Counter({
    name: 'exec_genesys_cloud_requests_total',
    help: 'Requests to Genesys Cloud by operation and HTTP status; "none": no answer.',
    labelNames: ['operation', 'status'],
    registers,
  });
  const duration = new Histogram({
    name: 'exec_genesys_cloud_request_duration_seconds',
    help: 'Time from sending a request to the last byte of its answer, by operation.',
    labelNames: ['operation'],
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers,
  });
  const waits = new Histogram({
    name: 'exec_genesys_cloud_rate_limit_wait_seconds',
    help: 'Time that requests waited for the request budget.',
    buckets: [0.01, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300],
    registers,
  });
  const limited = new Counter({
    name: 'exec_genesys_cloud_rate_limited_total',
    help: 'Answers 429 of Genesys Cloud.',
    registers,
  });
  new Gauge({
    name: 'exec_oauth_token_expiry_timestamp_seconds',
    help: 'When the first of the OAuth tokens ends; 0 without a token.',
    registers,
    collect() {
      this.set(tokenExpiry());
    },
  });
  const skew = new Gauge({
    name: 'exec_clock_skew_seconds',
    help: 'Clock of Genesys Cloud minus own clock, from its Date header (which has whole seconds).',
    registers,
  });
  const known = new Set<string>();
  return {
    used(operation) {
      if (known.has(operation)) return;
      known.add(operation);
      for (const status of watchedStatuses) requests.inc({ operation, status }, 0);
      duration.zero({ operation });
    },
    request(operation, status, seconds) {
      requests.inc({ operation, status });
      duration.observe({ operation }, seconds);
    },
    waited: (seconds) => waits.observe(seconds),
    rateLimited: () => limited.inc(),
    clockSkew: (seconds) => skew.set(seconds),
  };
}
