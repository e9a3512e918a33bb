/** One holder at a time among several instances, and what it means for the work of a service. */
export { Leadership, type LeadershipOptions, type LeaderWork, type TermControl } from './leadership.ts';
export { isLeaseLost, Lease, type LeaseOptions, type LeaseToken } from './lease.ts';
