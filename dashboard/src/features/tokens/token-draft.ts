import { type Permission, PUSH_PERMISSIONS } from '@vastrox/shared/permissions.ts'
import { Cidr } from '@vastrox/shared/firewall-rule.ts'
import { type CreateToken, REMIND_MS } from '@vastrox/shared/token.ts'
import { t } from '#lib/words.ts'

/** What the form holds. */
export interface TokenDraft {
  name: string
  use: 'push' | 'deploy' | 'read' | 'all' | 'chosen'
  permissions: readonly Permission[]
  /** Empty: every app. */
  apps: readonly string[]
  networks: string
  days: string
}

export const NEVER = 'never'
export const NEW_TOKEN: TokenDraft = {
  name: '',
  use: 'push',
  permissions: [],
  apps: [],
  networks: '',
  days: '90',
}

/** What only looks: of an app, its logs and the machine, and never a value of its env. */
const READING: readonly Permission[] = ['app.read', 'logs.read', 'node.read', 'firewall.read']

/** Words of a line or of several. */
export const networksOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)

/** The first thing that is wrong with the networks. */
export function wrongNetwork(text: string): string | undefined {
  const wrong = networksOf(text).find((network) => !Cidr.safeParse(network).success)
  return wrong === undefined
    ? undefined
    : t('{wrong} is no address or network, such as 203.0.113.7 or 203.0.113.0/24.', { wrong })
}

export const isReady = ({ name, use, apps, permissions, networks }: TokenDraft): boolean =>
  name.trim() !== '' &&
  wrongNetwork(networks) === undefined &&
  (use !== 'deploy' || apps.length === 1) &&
  (use !== 'chosen' || permissions.length > 0)

/** Of what `mine` allows: nobody gives more than they have. */
export function wishOf(draft: TokenDraft, mine: readonly Permission[]): CreateToken {
  const networks = networksOf(draft.networks)
  return {
    name: draft.name.trim(),
    kind: draft.use === 'deploy' ? 'deploy' : 'api',
    apps: draft.apps.length === 0 ? null : [...draft.apps],
    networks: networks.length === 0 ? null : networks,
    expiresInDays: draft.days === NEVER ? null : Number(draft.days),
    ...permissionsOf(draft, mine),
  }
}

function permissionsOf(
  { use, permissions }: TokenDraft,
  mine: readonly Permission[],
): Pick<CreateToken, 'permissions'> {
  if (use === 'deploy' || use === 'all') return {}
  const wanted = { push: PUSH_PERMISSIONS, read: READING, chosen: permissions }[use]
  return { permissions: wanted.filter((permission) => mine.includes(permission)) }
}

/** How near the end is: `soon` from two weeks before. */
export function endOf(at: string | null, now: Date): 'never' | 'later' | 'soon' | 'over' {
  if (at === null) return 'never'
  const left = Date.parse(at) - now.getTime()
  if (left <= 0) return 'over'
  return left <= REMIND_MS ? 'soon' : 'later'
}
