import { z } from 'zod'

/**
 * What changed, sent by SSE at /api/v1/events. It says which object to read again, not what it is
 * now: a client that missed some reads everything once. `id` counts up for the life of the daemon.
 */
export const LiveEvent = z.object({
  id: z.int(),
  type: z.enum([
    'app.changed',
    'app.created',
    'app.destroyed',
    'deployment.changed',
    'release.created',
    'instances.changed',
    'env.changed',
    'runs.changed',
    'jobs.changed',
    'uploads.changed',
    'domains.changed',
    'node.changed',
    'firewall.changed',
    'tokens.changed',
    /** People, teams, roles, grants and invitations. */
    'users.changed',
    'ssh-keys.changed',
    'certificates.changed',
    'base-domain.changed',
    'first-run.changed',
    'outgoing-webhooks.changed',
    /** Backups and their schedules. */
    'backups.changed',
    'destinations.changed',
    'drills.changed',
    'restores.changed',
    'addons.changed',
    'alerts.changed',
    'channels.changed',
    'drains.changed',
    'uptime.changed',
    'crashes.changed',
    /** The stream cannot be resumed from the id that was asked for: read everything again. */
    'reset',
  ]),
  app: z.string().nullable(),
  /** For deployment.changed: its id. */
  subject: z.string().nullable(),
})
export type LiveEvent = z.infer<typeof LiveEvent>
