import { closeSync, writeSync } from 'node:fs'

/**
 * Tells the supervisor that this process does its work from now on (it listens, or answers its
 * socket): a predecessor may be stopped. Given the value of VASTROX_READY_FD; does nothing without.
 */
export function announceReady(descriptor: string | undefined): void {
  if (descriptor === undefined) return
  const fd = Number.parseInt(descriptor, 10)
  try {
    writeSync(fd, 'ready\n')
    closeSync(fd)
  } catch {
    // The supervisor has gone; whoever follows it asks us by our sockets.
  }
}
