/** State machines: pure rules elsewhere, one runner here. */
export {
  Machine,
  type MachineMetrics,
  type MachineOptions,
  machineMetrics,
  type Step,
  type Timeout,
  type TimerEffect,
} from './machine.ts';
