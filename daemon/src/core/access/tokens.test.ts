import { DEPLOY_TOKEN_PERMISSIONS, Permission } from '@vastrox/shared/permissions.ts'
import { CreateToken } from '@vastrox/shared/token.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { kindOfTokenSecret, newTokenSecret } from '#core/access/token-secret.ts'
import { createAccessHarness } from '#test/access-harness.ts'
import { countStatements } from '#test/statement-count.ts'

const coded = (code: string) => expect.objectContaining({ code })
const wish = (token: Partial<CreateToken> = {}) => CreateToken.parse({ name: 'ci', ...token })

function setUp() {
  const harness = createAccessHarness()
  const { tokens, rootActor } = harness.access
  return { ...harness, tokens, root: rootActor() }
}

describe('the secret of a token', () => {
  it('has a prefix, 30 random letters and a checksum', () => {
    const secret = newTokenSecret('deploy')

    expect(secret).toMatch(/^vxt_deploy_[0-9A-Za-z]{36}$/)
    expect(kindOfTokenSecret(secret)).toBe('deploy')
    expect(newTokenSecret('deploy')).not.toBe(secret)
  })

  it('uses every letter alike', () => {
    const counts = new Map<string, number>()
    for (let at = 0; at < 1_000; at += 1)
      for (const letter of newTokenSecret('api').slice(8, 38))
        counts.set(letter, (counts.get(letter) ?? 0) + 1)

    expect(counts.size).toBe(62)
    expect(Math.max(...counts.values()) / Math.min(...counts.values())).toBeLessThan(1.6)
  })

  it('is recognised as wrong without a look at the database when a letter is off', () => {
    const secret = newTokenSecret('api')
    const other = secret.endsWith('0') ? '1' : '0'

    expect(kindOfTokenSecret(secret.slice(0, -1) + other)).toBeUndefined()
    expect(kindOfTokenSecret(secret.replace('api', 'deploy'))).toBeUndefined()
    for (const wrong of ['', ` ${secret}`, `${secret}\n`, `${secret}x`, 'vxt_api_'.repeat(1_000)])
      expect(kindOfTokenSecret(wrong)).toBeUndefined()
  })
})

describe('an API token', () => {
  it('is shown once, kept hashed, and lets its holder do what it says', () => {
    const { tokens, root, everythingAtRest } = setUp()

    const created = tokens.create(root, wish({ permissions: ['app.read', 'logs.read'] }))
    const actor = tokens.authenticate(created.token, '192.0.2.9')

    expect(actor).toMatchObject({
      kind: 'token',
      name: 'token ci',
      appIds: null,
      address: '192.0.2.9',
    })
    expect([...actor.permissions]).toEqual(['app.read', 'logs.read'])
    expect(everythingAtRest()).not.toContain(created.token)
    expect(everythingAtRest()).not.toContain(created.token.slice(8, -4))
    expect(JSON.stringify(tokens.list(root))).not.toContain(created.token)
    expect(tokens.list(root)).toMatchObject([
      { hint: `vxt_api_…${created.token.slice(-4)}`, apps: null },
    ])
  })

  it('may do all its user may where nothing is said, and never more than its user may now', () => {
    const { tokens, root, db } = setUp()
    const { token } = tokens.create(root, wish())
    expect(tokens.authenticate(token, '::1').permissions.size).toBe(Permission.options.length)

    db.exec("UPDATE memberships SET role = 'viewer'")

    expect(tokens.authenticate(token, '::1').permissions.has('app.destroy')).toBe(false)
    expect(tokens.authenticate(token, '::1').permissions.has('app.read')).toBe(true)
  })

  it('expires, after 90 days where nothing is said', () => {
    const { tokens, root, pass } = setUp()
    const { token } = tokens.create(root, wish())
    const forEver = tokens.create(root, wish({ expiresInDays: null }))

    pass(90 * 86_400_000 - 1)
    expect(tokens.authenticate(token, '::1')).toBeDefined()
    pass(1)
    expect(() => tokens.authenticate(token, '::1')).toThrow(coded('TOKEN_INVALID'))
    expect(tokens.authenticate(forEver.token, '::1')).toBeDefined()
  })

  it('is worth nothing once it is revoked, or its user is gone', () => {
    const { tokens, root, audited, told, addUser, access } = setUp()
    const { id, token } = tokens.create(root, wish())
    const { id: userId } = addUser('anna', 'admin')
    const anna = { ...access.rootActor(), id: userId, userId }
    const hers = tokens.create(anna, wish())

    tokens.revoke(root, id)

    expect(() => tokens.authenticate(token, '::1')).toThrow(coded('TOKEN_INVALID'))
    expect(() => tokens.revoke(root, id)).toThrow(coded('TOKEN_NOT_FOUND'))
    expect(tokens.authenticate(hers.token, '::1')).toBeDefined()
    expect(audited().slice(0, 3)).toEqual([
      'token.use denied',
      'token.revoke ok',
      'token.create ok',
    ])
    expect(told).toEqual(['tokens.changed', 'tokens.changed', 'tokens.changed'])
  })

  it('is seen and revoked by its own team only', () => {
    const { tokens, root, addTeam } = setUp()
    const { id, token } = tokens.create(root, wish())
    const stranger = { ...root, teamId: addTeam('theirs') }

    expect(tokens.list(stranger)).toEqual([])
    expect(() => tokens.revoke(stranger, id)).toThrow(coded('TOKEN_NOT_FOUND'))
    expect(tokens.authenticate(token, '::1')).toBeDefined()
  })

  it('remembers when and from where it was used last, to the minute', () => {
    const { tokens, root, pass } = setUp()
    const { token } = tokens.create(root, wish())
    const lastUsedAt = () => tokens.list(root)[0]?.lastUsedAt
    const lastUsedAddress = () => tokens.list(root)[0]?.lastUsedAddress

    expect(lastUsedAt()).toBeNull()
    tokens.authenticate(token, '::1')
    pass(59_000)
    tokens.authenticate(token, '::1')
    expect(lastUsedAt()).toBe('2026-11-22T12:00:00.000Z')
    tokens.authenticate(token, '::2')
    expect(lastUsedAddress()).toBe('::2')
    pass(61_000)
    tokens.authenticate(token, '::2')
    expect(lastUsedAt()).toBe('2026-11-22T12:02:00.000Z')
  })

  it('can be limited to apps of its team', () => {
    const { tokens, root, addApp, addTeam } = setUp()
    const blog = addApp('blog')
    addApp('theirs', addTeam('other'))

    const { token, apps } = tokens.create(root, wish({ kind: 'deploy', apps: ['blog'] }))

    expect(apps).toEqual(['blog'])
    expect([...(tokens.authenticate(token, '::1').appIds ?? [])]).toEqual([blog])
    expect(() => tokens.create(root, wish({ apps: ['theirs'] }))).toThrow(coded('APP_NOT_FOUND'))
  })
})

describe('a deploy token', () => {
  it('is for one app, which it may deploy and read, and nothing else', () => {
    const { tokens, root, addApp } = setUp()
    const blog = addApp('blog')
    addApp('shop')

    const { token } = tokens.create(root, wish({ kind: 'deploy', apps: ['blog'] }))
    const actor = tokens.authenticate(token, '::1')

    expect([...actor.permissions]).toEqual(DEPLOY_TOKEN_PERMISSIONS)
    expect([...(actor.appIds ?? [])]).toEqual([blog])
    expect(() =>
      tokens.create(root, wish({ kind: 'deploy', apps: ['blog'], permissions: ['app.destroy'] })),
    ).toThrow(coded('PERMISSION_DENIED'))
    for (const apps of [undefined, null, ['blog', 'shop']])
      expect(() => tokens.create(root, wish({ kind: 'deploy', apps }))).toThrow(
        coded('REQUEST_INVALID'),
      )
  })
})

describe('what a token is refused for (rules of section 8)', () => {
  const reasonOf = (work: () => unknown): unknown => {
    try {
      work()
    } catch (error) {
      return error instanceof CodedError ? error.details : error
    }
    throw new Error('it was not refused')
  }

  it('is told, and a typing error costs no look at the database', () => {
    const { tokens, root, pass } = setUp()
    const secret = tokens.create(root, wish({ expiresInDays: 1 })).token
    const revoked = tokens.create(root, wish())
    tokens.revoke(root, revoked.id)
    const looks = countStatements()

    for (const wrong of [secret.slice(0, -1), `${secret.slice(0, -1)}~`, 'vxt_api_', 'hunter2'])
      expect(reasonOf(() => tokens.authenticate(wrong, '::1'))).toEqual({
        reason: 'That is no token of Vastrox: a letter is wrong, or a piece of it is missing.',
      })
    expect(looks.stop()).toBe(0)

    expect(reasonOf(() => tokens.authenticate(revoked.token, '::1'))).toEqual({
      wasMade: true,
      reason: 'That token was revoked on 2026-11-22.',
    })
    pass(86_400_000)
    expect(reasonOf(() => tokens.authenticate(secret, '::1'))).toEqual({
      wasMade: true,
      reason: 'That token expired on 2026-11-23.',
    })
    expect(reasonOf(() => tokens.authenticate(newTokenSecret('api'), '::1'))).toEqual({
      wasMade: true,
    })
  })

  it('is written down with the token’s id, once in ten minutes for each network', () => {
    const { tokens, root, auditLog, pass } = setUp()
    const { id, token } = tokens.create(root, wish())
    tokens.revoke(root, id)
    const use = (address: string) => reasonOf(() => tokens.authenticate(token, address))
    const refused = () =>
      auditLog
        .list(root, { cursor: undefined, limit: 50 })
        .items.filter(({ action }) => action === 'token.use')

    use('192.0.2.1')
    use('192.0.2.1')
    use('198.51.100.1')
    expect(refused()).toMatchObject([
      { target: id, result: 'denied', address: '198.51.100.1', via: `token ${id}` },
      { target: id, result: 'denied', address: '192.0.2.1', actor: 'token ci' },
    ])
    pass(600_000)
    use('192.0.2.1')
    expect(refused()).toHaveLength(3)
    expect(JSON.stringify(refused())).not.toContain(token.slice(8, -4))
  })

  it('is the network it comes from, where it is bound to some', () => {
    const { tokens, root } = setUp()
    const { token, networks } = tokens.create(
      root,
      wish({ networks: ['192.0.2.0/24', '2001:db8::/32'] }),
    )

    expect(networks).toEqual(['192.0.2.0/24', '2001:db8::/32'])
    for (const address of ['192.0.2.9', '2001:db8::7', '::ffff:192.0.2.9'])
      expect(tokens.authenticate(token, address)).toBeDefined()
    for (const address of ['192.0.3.9', '2001:db9::7', '::1'])
      expect(reasonOf(() => tokens.authenticate(token, address))).toMatchObject({
        reason: `That token may not be used from ${address}.`,
      })
  })
})

describe('a token that is rotated', () => {
  it('has a new secret, and the one before is good for as long as was said', () => {
    const { tokens, root, pass, audited, everythingAtRest } = setUp()
    const { id, token: before } = tokens.create(root, wish({ permissions: ['app.read'] }))
    pass(30 * 86_400_000)

    const after = tokens.rotate(root, id, { graceHours: 2 })

    expect(after).toMatchObject({
      id,
      permissions: ['app.read'],
      rotatedAt: '2026-12-22T12:00:00.000Z',
      previousUntil: '2026-12-22T14:00:00.000Z',
      expiresAt: '2027-03-22T12:00:00.000Z',
    })
    expect(tokens.authenticate(before, '::1').id).toBe(id)
    expect(tokens.authenticate(after.token, '::1').id).toBe(id)
    pass(2 * 3_600_000)
    expect(() => tokens.authenticate(before, '::1')).toThrow(coded('TOKEN_INVALID'))
    expect(tokens.authenticate(after.token, '::1').id).toBe(id)
    expect(audited()).toContain('token.rotate ok')
    expect(everythingAtRest()).not.toContain(after.token.slice(8, -4))
  })

  it('ends at once with no grace, and with both secrets where it is revoked', () => {
    const { tokens, root } = setUp()
    const { id, token: first } = tokens.create(root, wish())
    const { token: second } = tokens.rotate(root, id, { graceHours: 0 })
    expect(() => tokens.authenticate(first, '::1')).toThrow(coded('TOKEN_INVALID'))
    const { token: third } = tokens.rotate(root, id, { graceHours: 720 })
    expect(tokens.authenticate(second, '::1')).toBeDefined()

    tokens.revoke(root, id)

    for (const secret of [first, second, third])
      expect(() => tokens.authenticate(secret, '::1')).toThrow(coded('TOKEN_INVALID'))
  })

  it('is so by its own user only, and by nobody who may do less', () => {
    const { tokens, root, access, addUser } = setUp()
    const { id } = tokens.create(root, wish())
    const { id: annaId } = addUser('anna', 'admin')
    const anna = { ...access.rootActor(), id: annaId, userId: annaId }
    const less = tokens.authenticate(
      tokens.create(root, wish({ permissions: ['token.manage', 'app.read'] })).token,
      '::1',
    )

    expect(() => tokens.rotate(anna, id, { graceHours: 1 })).toThrow(coded('TOKEN_NOT_YOURS'))
    expect(() => tokens.rotate(less, id, { graceHours: 1 })).toThrow(coded('PERMISSION_DENIED'))
    expect(() => tokens.rotate(root, 'none', { graceHours: 1 })).toThrow(coded('TOKEN_NOT_FOUND'))
  })

  it('gives no secret that may come from elsewhere to who may not', () => {
    const { tokens, root } = setUp()
    const networks = ['192.0.2.0/24']
    const [bound, free] = [tokens.create(root, wish({ networks })), tokens.create(root, wish())]
    const maker = tokens.authenticate(bound.token, '192.0.2.1')

    expect(() => tokens.rotate(maker, free.id, { graceHours: 0 })).toThrow(
      coded('PERMISSION_DENIED'),
    )
    expect(tokens.rotate(maker, bound.id, { graceHours: 0 }).networks).toEqual(networks)
  })

  it('is told to whatever is open by it', async () => {
    const { tokens, root, access } = setUp()
    const { id } = tokens.create(root, wish())
    let told = 0
    access.onChange(() => (told += 1))

    tokens.rotate(root, id, { graceHours: 0 })

    await expect.poll(() => told).toBe(1)
  })

  it('is not brought back once it has expired', () => {
    const { tokens, root, pass } = setUp()
    const { id } = tokens.create(root, wish({ expiresInDays: 1 }))
    pass(86_400_000)

    expect(() => tokens.rotate(root, id, { graceHours: 1 })).toThrow(coded('TOKEN_EXPIRED'))
  })
})

describe('a token that ends soon', () => {
  it('is told of once, two weeks before', () => {
    const { tokens, root, pass, audited, told } = setUp()
    tokens.create(root, wish({ expiresInDays: 30 }))
    tokens.create(root, wish({ expiresInDays: null }))
    const reminders = () => audited().filter((event) => event.startsWith('token.ends-soon')).length

    tokens.remind()
    expect(reminders()).toBe(0)
    pass(16 * 86_400_000)
    tokens.remind()
    tokens.remind()

    expect(reminders()).toBe(1)
    expect(told.filter((type) => type === 'tokens.changed')).toHaveLength(3)
  })
})

describe('who makes a token', () => {
  it('gives nothing that they do not have', () => {
    const { tokens, root, addApp } = setUp()
    const blog = addApp('blog')
    const permissions = new Set(['app.read', 'token.manage'] as const)
    const less = { ...root, permissions, appIds: new Set([blog]) }

    expect(() => tokens.create(less, wish({ permissions: ['app.destroy'] }))).toThrow(
      coded('PERMISSION_DENIED'),
    )
    expect(() => tokens.create(less, wish({ kind: 'deploy', apps: ['blog'] }))).toThrow(
      coded('PERMISSION_DENIED'),
    )
    const { token } = tokens.create(less, wish())
    expect([...tokens.authenticate(token, '::1').permissions]).toEqual(['app.read', 'token.manage'])
    expect([...(tokens.authenticate(token, '::1').appIds ?? [])]).toEqual([blog])
  })

  it('is somebody of the team: root at the console of another one makes none that lets nobody in', () => {
    const { tokens, access, addTeam } = setUp()
    const there = access.actors.root(addTeam('theirs'))
    if (!there) throw new Error('there is no root')

    expect(() => tokens.create(there, wish())).toThrow(coded('PERMISSION_DENIED'))
    expect(tokens.list(there)).toEqual([])
  })

  it('is the user behind the token where a token makes one', () => {
    const { tokens, root, access } = setUp()
    const first = tokens.authenticate(tokens.create(root, wish()).token, '::1')

    const second = tokens.authenticate(tokens.create(first, wish({ name: 'second' })).token, '::1')

    expect(access.me(second)).toMatchObject({ kind: 'token', name: 'token second', role: 'owner' })
  })
  it('makes no token that outlives the one it came by, or may come from elsewhere', () => {
    const { tokens, root } = setUp()
    const networks = ['192.0.2.0/24']
    const maker = tokens.authenticate(
      tokens.create(root, wish({ expiresInDays: 7, networks })).token,
      '192.0.2.1',
    )

    expect(tokens.create(maker, wish({ expiresInDays: null }))).toMatchObject({
      networks,
      expiresAt: '2026-11-29T12:00:00.000Z',
    })
    for (const wider of [['0.0.0.0/0'], null])
      expect(() => tokens.create(maker, wish({ networks: wider }))).toThrow(
        coded('PERMISSION_DENIED'),
      )
    expect(tokens.rotate(maker, maker.id, { graceHours: 0 }).expiresAt).toBe(
      '2026-11-29T12:00:00.000Z',
    )
  })
})
