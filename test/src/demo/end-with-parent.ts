/**
 * Preloaded into the services that the demo starts: ends them when the demo is gone.
 *
 * The demo holds the other end of their standard input. However it ends, even by SIGKILL, the operating system closes
 * that pipe. The services themselves know nothing of this.
 */
const graceMs = 12_000;

process.stdin.on('end', end).on('close', end).on('error', end).resume();
(process.stdin as { unref?: () => void }).unref?.();

function end(): void {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), graceMs).unref();
}
