/** One holder at a time among several instances. */
export { Lease, type LeaseOptions, type LeaseToken } from './lease.ts';
