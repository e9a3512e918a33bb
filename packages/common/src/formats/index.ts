/** The forms of what is stored in Redis, and which of them is written. */
export { Announcements } from './announcements.ts';
export {
  asItIs,
  type FormatCodec,
  Formats,
  type FormatTable,
  formatTable,
  readValue,
  type Stored,
  type StoredValue,
} from './format.ts';
export { formatMetrics } from './metrics.ts';
