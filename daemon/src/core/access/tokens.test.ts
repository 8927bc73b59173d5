import { DEPLOY_TOKEN_PERMISSIONS, Permission } from '@vastrox/shared/permissions.ts'
import { CreateToken } from '@vastrox/shared/user.ts'
import { describe, expect, it } from 'vitest'
import { kindOfTokenSecret, newTokenSecret } from '#core/access/token-secret.ts'
import { createAccessHarness } from '#test/access-harness.ts'

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

    db.exec("UPDATE users SET role = 'viewer'")

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
    const anna = { ...access.rootActor(), id: addUser('anna', 'admin').id }
    const hers = tokens.create(anna, wish())

    tokens.revoke(root, id)

    expect(() => tokens.authenticate(token, '::1')).toThrow(coded('TOKEN_INVALID'))
    expect(() => tokens.revoke(root, id)).toThrow(coded('TOKEN_NOT_FOUND'))
    expect(tokens.authenticate(hers.token, '::1')).toBeDefined()
    expect(audited().slice(0, 2)).toEqual(['token.revoke ok', 'token.create ok'])
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

  it('remembers when it was used last, to the minute', () => {
    const { tokens, root, pass } = setUp()
    const { token } = tokens.create(root, wish())
    const lastUsedAt = () => tokens.list(root)[0]?.lastUsedAt

    expect(lastUsedAt()).toBeNull()
    tokens.authenticate(token, '::1')
    pass(59_000)
    tokens.authenticate(token, '::1')
    expect(lastUsedAt()).toBe('2026-11-22T12:00:00.000Z')
    pass(1_000)
    tokens.authenticate(token, '::1')
    expect(lastUsedAt()).toBe('2026-11-22T12:01:00.000Z')
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
  it('may deploy and nothing else', () => {
    const { tokens, root } = setUp()

    const { token } = tokens.create(root, wish({ kind: 'deploy' }))

    expect([...tokens.authenticate(token, '::1').permissions]).toEqual(DEPLOY_TOKEN_PERMISSIONS)
    expect(() =>
      tokens.create(root, wish({ kind: 'deploy', permissions: ['app.destroy'] })),
    ).toThrow(coded('PERMISSION_DENIED'))
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
    expect(() => tokens.create(less, wish({ kind: 'deploy' }))).toThrow(coded('PERMISSION_DENIED'))
    const { token } = tokens.create(less, wish())
    expect([...tokens.authenticate(token, '::1').permissions]).toEqual(['app.read', 'token.manage'])
    expect([...(tokens.authenticate(token, '::1').appIds ?? [])]).toEqual([blog])
  })

  it('is the user behind the token where a token makes one', () => {
    const { tokens, root, access } = setUp()
    const first = tokens.authenticate(tokens.create(root, wish()).token, '::1')

    const second = tokens.authenticate(tokens.create(first, wish({ name: 'second' })).token, '::1')

    expect(access.me(second)).toMatchObject({ kind: 'token', name: 'token second', role: 'owner' })
  })
})
