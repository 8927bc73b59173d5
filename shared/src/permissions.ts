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
  'addon.read',
  'addon.create',
  /** Attach, detach, restart, resize, new credentials. */
  'addon.change',
  /** What is in it: its console, and its credentials in the clear. */
  'addon.open',
  /** For a time, to one address outside. */
  'addon.expose',
  'addon.destroy',
  'backup.read',
  'backup.create',
  /** Also what is in one, in the clear: its files and dumps. */
  'backup.restore',
  /** Destinations, schedules, and the removal of backups. */
  'backup.manage',
  'alert.read',
  /** To say that one looks after it, and to silence it. */
  'alert.answer',
  /** Rules of alerts. */
  'alert.manage',
  'uptime.read',
  'uptime.manage',
  /** Where notifications are sent, and where logs are sent on to. */
  'channel.manage',
  'registry.manage',
  /** Addresses elsewhere that are told what happens to the team's apps. */
  'webhook.manage',
  'token.manage',
  /** SSH keys of one's own: whoever has one can do all that its user may. */
  'key.manage',
  /** The people of a team: who is in it, as what, and what else each of them may. */
  'user.manage',
  /** The team itself: what it is called, and that it is there. */
  'team.manage',
  'team.create',
  'node.read',
  'node.change',
  'firewall.read',
  /** Rules, modes, bans, and where apps may connect to. */
  'firewall.change',
  'audit.read',
])
export type Permission = z.infer<typeof Permission>

/** `guest`: sees only the apps that were granted. */
export const Role = z.enum(['owner', 'admin', 'developer', 'viewer', 'guest'])
export type Role = z.infer<typeof Role>

/** What somebody may be on a single app, besides what their role in the team allows. */
export const AppRole = z.enum(['admin', 'developer', 'viewer'])
export type AppRole = z.infer<typeof AppRole>

const GUEST: readonly Permission[] = ['app.read', 'logs.read', 'key.manage']
const VIEWER: readonly Permission[] = [
  ...GUEST,
  'node.read',
  'addon.read',
  'backup.read',
  'alert.read',
  'uptime.read',
]
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
  'addon.create',
  'addon.change',
  'addon.open',
  'backup.create',
  'alert.answer',
  'alert.manage',
  'uptime.manage',
  'firewall.read',
]

/**
 * The one table of who may do what; daemon and dashboard both read it. Each role has all that the
 * one below it has, which is what decides who is above whom. What is of the platform counts in the
 * team of the operators only: `permissionsIn`.
 */
export const ROLE_PERMISSIONS: Record<Role, readonly Permission[]> = {
  owner: Permission.options,
  admin: Permission.options.filter((permission) => permission !== 'team.manage'),
  developer: DEVELOPER,
  viewer: VIEWER,
  guest: GUEST,
}

/** What belongs to no team but to whoever runs the machine: the first team, the operators. */
export const PLATFORM_PERMISSIONS: ReadonlySet<Permission> = new Set([
  'node.read',
  'node.change',
  'firewall.read',
  'firewall.change',
  'team.create',
])

/** What can be allowed on a single app. */
export const APP_PERMISSIONS: ReadonlySet<Permission> = new Set([
  'app.read',
  'app.change',
  'app.deploy',
  'app.run',
  'app.destroy',
  'port.publish',
  'env.read',
  'env.reveal',
  'env.change',
  'logs.read',
])

/** What a role allows in a team. */
export const permissionsIn = (
  role: Role,
  { isOperators }: { isOperators: boolean },
): readonly Permission[] =>
  ROLE_PERMISSIONS[role].filter(
    (permission) => isOperators || !PLATFORM_PERMISSIONS.has(permission),
  )

/** What a grant allows on its app. */
export const permissionsOfGrant = (role: AppRole): readonly Permission[] =>
  ROLE_PERMISSIONS[role].filter((permission) => APP_PERMISSIONS.has(permission))

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
