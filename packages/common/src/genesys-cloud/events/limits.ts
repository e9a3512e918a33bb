/** How much the cloud takes in one request of events. */

export const eventLimits = {
  events: 100,
  /** Of the body, as UTF-8 JSON. */
  bytes: 512_000,
} as const;
