import { ChangeUser, CreateInvitation, type Invitation } from '@vastrox/shared/team.ts'
import type { Session, User } from '@vastrox/shared/user.ts'

const AT = '2026-11-20T09:00:00.000Z'
const SOON = '2026-12-03T09:00:00.000Z'

const person = (name: string, change: Partial<User> = {}): User => ({
  id: `user-${name}`,
  name,
  role: 'developer',
  grants: {},
  hasPassword: true,
  disabledAt: null,
  createdAt: AT,
  ...change,
})

let users: User[] = [
  person('anna', { role: 'owner' }),
  person('ben', { role: 'admin' }),
  person('dora', { grants: { shop: 'admin' } }),
  person('gerd', { role: 'guest', grants: { blog: 'viewer' }, hasPassword: false }),
  person('vito', { role: 'viewer', disabledAt: AT }),
]

let invitations: Invitation[] = [
  {
    id: 'i1',
    note: 'Anna of the agency',
    role: 'guest',
    grants: { blog: 'developer' },
    invitedBy: 'anna',
    createdAt: AT,
    expiresAt: SOON,
  },
]

const SESSIONS: Session[] = [
  {
    id: 's9',
    current: false,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    address: '198.51.100.4',
    createdAt: AT,
    lastUsedAt: AT,
    expiresAt: SOON,
  },
]

interface Asked {
  params: string[]
  body: unknown
}

/** The Team page over people in memory. */
export const teamHandlers: Record<string, (asked: Asked) => unknown> = {
  'GET /users': () => ({ items: users, nextCursor: null }),
  'PATCH /users/:': ({ params: [name], body }) => {
    const { role, disabled, grants } = ChangeUser.parse(body)
    users = users.map((user) => {
      if (user.name !== name) return user
      const merged = Object.entries({ ...user.grants, ...grants })
      return {
        ...user,
        ...(role && { role }),
        ...(disabled !== undefined && { disabledAt: disabled ? AT : null }),
        grants: Object.fromEntries(
          merged.flatMap(([app, as]) => (as === null ? [] : [[app, as] as const])),
        ),
      }
    })
    return users.find((user) => user.name === name)
  },
  'DELETE /users/:': ({ params: [name] }) => {
    users = users.filter((user) => user.name !== name)
  },
  'GET /users/:/sessions': () => ({ items: SESSIONS, nextCursor: null }),
  'DELETE /users/:/sessions': () => undefined,
  'GET /invitations': () => ({ items: invitations, nextCursor: null }),
  'POST /invitations': ({ body }) => {
    const wish = CreateInvitation.parse(body)
    const made = {
      id: `i${invitations.length + 2}`,
      ...wish,
      invitedBy: 'anna',
      createdAt: AT,
      expiresAt: SOON,
    }
    invitations = [made, ...invitations]
    return { ...made, url: `https://localhost:8443/invitation/${'a'.repeat(43)}` }
  },
  'DELETE /invitations/:': ({ params: [id] }) => {
    invitations = invitations.filter((each) => each.id !== id)
  },
  'POST /invitations/look': () => ({
    team: 'default',
    role: 'guest',
    apps: ['blog'],
    invitedBy: 'anna',
    expiresAt: SOON,
  }),
  'POST /invitations/accept': () => undefined,
  'POST /invitations/join': () => undefined,
  'POST /session/team': () => undefined,
  'POST /teams': ({ body }) => ({
    id: 'team3',
    name: String(Object(body)['name']),
    role: 'owner',
    current: false,
    isOperators: false,
    createdAt: AT,
  }),
  'PATCH /teams/:': () => undefined,
  'DELETE /teams/:': () => undefined,
}
