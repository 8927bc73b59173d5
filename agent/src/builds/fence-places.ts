/** What decides where the engine runs build steps (docs/decisions/0011). */
export interface FenceEngine {
  cgroupVersion: string
  cgroupDriver: string
}

export const ROOT = '/sys/fs/cgroup'
/** With the cgroupfs driver BuildKit runs every step in a child of this one. */
export const PARENT = 'docker/buildkit'
/** With the systemd driver every step has a cgroup of its own beside the engine's service. */
export const STEPS_FOLDER = 'system.slice'
export const STEPS_PREFIX = 'system.slice:docker:'

/**
 * True when a cgroup path from the kernel's log is one of a build's steps, or what holds them all. In a
 * container the log has what is above it too.
 */
export const isInFence = (path: string): boolean =>
  `${path}/`.includes(`/${PARENT}/`) || path.includes(`/${STEPS_PREFIX}`)
