import { describe, expect, it } from 'vitest'
import {
  type Actor,
  covers,
  isSameReach,
  mayDo,
  mayReach,
  maySomewhere,
  narrowed,
  NO_GRANTS,
} from './actor.ts'
import {
  APP_PERMISSIONS,
  type AppRole,
  Permission,
  permissionsIn,
  permissionsOfGrant,
  PLATFORM_PERMISSIONS,
  Role,
  ROLE_PERMISSIONS,
} from './permissions.ts'

const OPERATORS = { isOperators: true }
const OTHERS = { isOperators: false }

function person(role: Role, grants: Record<string, AppRole> = {}, team = OPERATORS): Actor {
  const granted = Object.entries(grants)
  return {
    kind: 'user',
    id: 'user1',
    name: 'anna',
    userId: 'user1',
    teamId: 'team1',
    permissions: new Set(permissionsIn(role, team)),
    appIds: role === 'guest' ? new Set(granted.map(([app]) => app)) : null,
    grants: new Map(granted.map(([app, as]) => [app, new Set(permissionsOfGrant(as))])),
    address: null,
  }
}

describe('the table of roles', () => {
  it('gives each role all that the one below it has', () => {
    const sets = Role.options.map((role) => new Set(ROLE_PERMISSIONS[role]))

    for (const [at, below] of sets.entries())
      for (const permission of below)
        for (const above of sets.slice(0, at)) expect(above).toContain(permission)
    expect(new Set(sets.map(({ size }) => size)).size).toBe(Role.options.length)
  })

  it('gives nobody of another team anything of the platform', () => {
    for (const role of Role.options)
      for (const permission of permissionsIn(role, OTHERS))
        expect(PLATFORM_PERMISSIONS.has(permission)).toBe(false)
    expect(permissionsIn('admin', OPERATORS)).toContain('node.change')
  })

  it('gives with a grant what is of an app alone', () => {
    for (const role of ['admin', 'developer', 'viewer'] as const)
      for (const permission of permissionsOfGrant(role))
        expect(APP_PERMISSIONS.has(permission)).toBe(true)
    expect(permissionsOfGrant('admin')).not.toContain('user.manage')
  })
})

describe('what an actor may do', () => {
  it('lets a viewer deploy the one app that was granted', () => {
    const actor = person('viewer', { blog: 'developer' })

    expect(mayDo(actor, 'app.deploy', 'blog')).toBe(true)
    expect(mayDo(actor, 'app.deploy', 'shop')).toBe(false)
    expect(mayDo(actor, 'app.read', 'shop')).toBe(true)
    expect(mayDo(actor, 'app.deploy')).toBe(false)
    expect(maySomewhere(actor, 'app.deploy')).toBe(true)
    expect(maySomewhere(actor, 'app.destroy')).toBe(false)
  })

  it('lets a guest see nothing but what was granted, and nothing of the team', () => {
    const actor = person('guest', { blog: 'admin' })

    expect(mayDo(actor, 'app.destroy', 'blog')).toBe(true)
    expect(mayDo(actor, 'app.read', 'shop')).toBe(false)
    for (const permission of Permission.options.filter((each) => !APP_PERMISSIONS.has(each)))
      expect([permission, mayDo(actor, permission)]).toEqual([
        permission,
        permission === 'key.manage',
      ])
  })

  it('keeps a token of some apps from what is of the team, whatever is written in it', () => {
    const token: Actor = {
      ...narrowed(person('owner'), Permission.options, ['blog']),
      kind: 'token',
    }

    for (const permission of Permission.options.filter((each) => !APP_PERMISSIONS.has(each)))
      expect([permission, mayDo(token, permission)]).toEqual([permission, false])
    expect(mayDo(token, 'app.destroy', 'blog')).toBe(true)
    expect(mayDo(token, 'app.destroy', 'shop')).toBe(false)
  })

  it('answers routes of an app by that app, and says the same of one unseen and one missing', () => {
    const actor = person('guest', { blog: 'developer' })
    const deploy = { permission: 'app.deploy', scope: 'app' } as const
    const list = { permission: 'app.read', scope: 'team', filtered: true } as const
    const users = { permission: 'user.manage', scope: 'team' } as const

    expect(mayReach(actor, deploy, 'blog')).toBe(true)
    expect(mayReach(actor, deploy, undefined)).toBe(true)
    expect(mayReach(person('viewer', { blog: 'developer' }), deploy, 'shop')).toBe(false)
    expect(mayReach(person('viewer'), deploy, undefined)).toBe(false)
    expect(mayReach(actor, list, undefined)).toBe(true)
    expect(mayReach(actor, { ...list, permission: 'app.destroy' }, undefined)).toBe(false)
    expect(mayReach(actor, users, undefined)).toBe(false)
    expect(mayReach(actor, { permission: 'key.manage', scope: 'team' }, undefined)).toBe(true)
  })
})

describe('what one actor has of another', () => {
  it('never gives a token more than its user has', () => {
    const user = person('viewer', { blog: 'developer', shop: 'admin' })
    const token = narrowed(user, ['app.read', 'app.deploy', 'node.change'], ['blog', 'other'])

    expect(covers(user, token)).toBe(true)
    expect(mayDo(token, 'app.deploy', 'blog')).toBe(true)
    expect(mayDo(token, 'env.reveal', 'blog')).toBe(false)
    expect(mayDo(token, 'app.deploy', 'shop')).toBe(false)
    expect(mayDo(token, 'app.deploy', 'other')).toBe(false)
    expect(mayDo(token, 'node.change')).toBe(false)
    expect(covers(token, user)).toBe(false)
  })

  it('knows who is above whom', () => {
    expect(covers(person('owner'), person('admin'))).toBe(true)
    expect(covers(person('admin'), person('owner'))).toBe(false)
    expect(covers(person('admin'), person('guest', { blog: 'admin' }))).toBe(true)
    expect(covers(person('viewer'), person('guest', { blog: 'developer' }))).toBe(false)
    expect(covers(person('guest', { blog: 'admin' }), person('viewer'))).toBe(false)
    expect(covers(person('owner'), { ...person('guest'), teamId: 'team2' })).toBe(false)
    expect(covers(narrowed(person('owner'), ['user.manage'], null), person('viewer'))).toBe(false)
  })

  it('sees when what an actor may do has changed', () => {
    expect(isSameReach(person('viewer'), person('viewer'))).toBe(true)
    expect(isSameReach(person('viewer'), person('viewer', { blog: 'developer' }))).toBe(false)
    expect(isSameReach(person('guest', { blog: 'viewer' }), person('guest'))).toBe(false)
    expect(isSameReach(person('admin'), person('developer'))).toBe(false)
    expect(isSameReach({ ...person('viewer'), id: 'user2' }, person('viewer'))).toBe(false)
    expect(NO_GRANTS.size).toBe(0)
  })
})
