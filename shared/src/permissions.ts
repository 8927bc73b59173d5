import { z } from 'zod'

/** Everything that can be allowed. A route names one of these, or `public` or `signed-in`. */
export const Permission = z.enum([
  'app.read',
  'app.create',
  'app.change',
  'app.deploy',
  /** A command in the app's image, with its env: whoever may run one can read that env. */
  'app.run',
  'app.destroy',
  /** A TCP or UDP port of the server, of those that the operator gives out. */
  'port.publish',
  'env.read',
  'env.reveal',
  'env.change',
  /** Env variables that apps of the team share. */
  'env-group.read',
  'env-group.reveal',
  /** To attach one to an app as well: the app can read it then. */
  'env-group.change',
  'logs.read',
  'registry.manage',
  /** Addresses elsewhere that are told what happens to the team's apps. */
  'webhook.manage',
  'token.manage',
  /** SSH keys of one's own: whoever has one can do all that its user may. */
  'key.manage',
  'user.manage',
  'node.read',
  'node.change',
  'firewall.read',
  /** Rules, modes, bans, and where apps may connect to. */
  'firewall.change',
  'audit.read',
])
export type Permission = z.infer<typeof Permission>

export const Role = z.enum(['owner', 'admin', 'developer', 'viewer'])
export type Role = z.infer<typeof Role>

const VIEWER: readonly Permission[] = ['app.read', 'logs.read', 'node.read', 'key.manage']
const DEVELOPER: readonly Permission[] = [
  ...VIEWER,
  'app.create',
  'app.change',
  'app.deploy',
  'app.run',
  'port.publish',
  'env.read',
  'env.reveal',
  'env.change',
  'env-group.read',
  'firewall.read',
]

/** The one table of who may do what; daemon and dashboard both read it. */
export const ROLE_PERMISSIONS: Record<Role, readonly Permission[]> = {
  owner: Permission.options,
  admin: Permission.options,
  developer: DEVELOPER,
  viewer: VIEWER,
}

/** What a deploy token may do with its one app: push, deploy and read its state, nothing else. */
export const DEPLOY_TOKEN_PERMISSIONS: readonly Permission[] = ['app.read', 'app.deploy']

/** What a person's own token for git needs: to push to every app, and to make one by pushing. */
export const PUSH_PERMISSIONS: readonly Permission[] = ['app.read', 'app.create', 'app.deploy']

/**
 * What a route asks of its caller. `scope` says which object the permission is checked against:
 * the app named in the path, the caller's team, or the platform as a whole.
 */
export interface Access {
  permission: Permission | 'public' | 'signed-in'
  scope: 'app' | 'team' | 'platform'
  /**
   * A route of the team or the platform that shows no more than the actor's own apps, so that a
   * token which is limited to some apps may call it too. Without it such a token is refused.
   */
  filtered?: true
  /**
   * Who has signed in shows once more that it is them, unless they have within ten minutes; otherwise
   * PROOF_REQUIRED. Tokens, SSH keys and the console of the server are not asked: nobody sits there.
   */
  fresh?: true
  /** Also for who has yet to set up the second factor that their team asks for, and may do nothing else. */
  setUp?: true
}
