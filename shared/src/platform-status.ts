import { z } from 'zod'
import { SshAccess } from './ssh-key.ts'

/** One process of the platform, as its supervisor sees it. */
export const PlatformProcess = z.object({
  /** `supervisor`, `agent`, `daemon`, `proxy-0`, `proxy-1` … */
  name: z.string(),
  pid: z.int().nullable(),
  /** When it was started; null while it does not run. */
  since: z.iso.datetime().nullable(),
  /** Starts after the first one that nobody asked for. */
  restarts: z.int(),
  /** `waiting`: it ended and is started again after a pause; `refused`: it ended itself for good. */
  state: z.enum(['starting', 'running', 'waiting', 'refused', 'stopped']),
  /** How the run before ended, such as `exit code 1` or `SIGKILL`. */
  lastExit: z.string().nullable(),
})
export type PlatformProcess = z.infer<typeof PlatformProcess>

/** What `vastrox status --json` prints. */
export const PlatformStatus = z.object({
  instance: z.string(),
  version: z.string(),
  dataDir: z.string(),
  supervisor: z.enum(['vastrox', 'systemd']),
  processes: z.array(PlatformProcess),
  /** Who is on the SSH server; left out where the daemon does not say. */
  ssh: SshAccess.pick({ port: true, connections: true }).optional(),
})
export type PlatformStatus = z.infer<typeof PlatformStatus>
