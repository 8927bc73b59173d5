import { AddDeployKey } from '@vastrox/shared/ssh-key.ts'
import { CreateToken } from '@vastrox/shared/token.ts'
import { describe, expect, it } from 'vitest'
import { createSignInThrottle } from '#core/access/sign-in-throttle.ts'
import { createSshKeyService } from '#core/access/ssh-key-service.ts'
import { createSshSignIns } from '#core/access/ssh-sign-ins.ts'
import { createSshKeyStore } from '#store/ssh-key-store.ts'
import { createAccessHarness } from '#test/access-harness.ts'
import { sshKeyLine } from '#test/ssh/key-line.ts'

const coded = (code: string) => expect.objectContaining({ code })
const HERE = '192.0.2.7'

function setUp() {
  const harness = createAccessHarness()
  const { access, auditLog, clock, newId, transact, users, told, db } = harness
  const keys = createSshKeyService({
    actors: harness.access.actors,
    keys: createSshKeyStore(db),
    users,
    apps: harness.apps,
    userOf: access.userOf,
    auditLog,
    events: { emit: ({ type }) => told.push(type) },
    clock,
    newId,
    transact,
  })
  const abuse: string[] = []
  const signIns = createSshSignIns({
    noteFailure: access.noteFailure,
    keys,
    throttle: createSignInThrottle(clock),
    auditLog,
    clock,
    verifyUploadPassword: async (app, password, address) =>
      app === 'blog' && password === 'right' ? { ...access.rootActor(), address } : undefined,
    abuse: { note: (address) => abuse.push(address), notePresent: () => {} },
  })
  const userActor = (name: string, role: 'developer' | 'admin' | 'viewer', team?: string) => {
    const { id } = harness.addUser(name, role, team)
    const started = access.sessions.start(users.findByIdForPlatform(id) ?? fail(), 'link', {
      address: HERE,
      userAgent: '',
    })
    return access.sessions.authenticate(started.sessionId, HERE) ?? fail()
  }
  return { ...harness, keys, signIns, abuse, root: access.rootActor(), userActor }
}

function fail(): never {
  throw new Error('there is none')
}
const blobOf = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64')

describe('an SSH key', () => {
  it('signs in the user who added it, with what its role allows at that moment', () => {
    const { keys, db, audited, told, userActor } = setUp()
    const anna = userActor('anna', 'developer')
    const line = sshKeyLine('laptop')

    const added = keys.add(anna, { publicKey: line })

    expect(added).toMatchObject({ name: 'laptop', user: 'anna', type: 'ssh-ed25519' })
    const signedIn = keys.signInOf(blobOf(line), HERE)
    expect(signedIn).toMatchObject({
      keyId: added.id,
      actor: { kind: 'user', name: 'anna', address: HERE, appIds: null },
    })
    expect(signedIn?.actor.permissions.has('app.deploy')).toBe(true)
    db.exec(
      "UPDATE memberships SET role = 'viewer' WHERE user_id = (SELECT id FROM users WHERE name = 'anna')",
    )
    expect(keys.signInOf(blobOf(line), HERE)?.actor.permissions.has('app.deploy')).toBe(false)
    expect(keys.signInOf(blobOf(sshKeyLine('other')), HERE)).toBeUndefined()
    expect(audited()[0]).toBe('ssh-key.add ok')
    expect(told.at(-1)).toBe('ssh-keys.changed')
  })

  it('is one user’s only', () => {
    const { keys, root, userActor } = setUp()
    const line = sshKeyLine()
    keys.add(root, { publicKey: line })

    expect(() => keys.add(userActor('anna', 'admin'), { publicKey: line })).toThrow(
      coded('SSH_KEY_TAKEN'),
    )
  })

  it('lets nobody in once it is removed, and whoever is in is told of', () => {
    const { keys, root, audited } = setUp()
    const line = sshKeyLine()
    const { id } = keys.add(root, { name: 'ci', publicKey: line })
    const removed: string[] = []
    keys.onRemoved((keyId) => removed.push(keyId))

    keys.remove(root, id)

    expect(keys.signInOf(blobOf(line), HERE)).toBeUndefined()
    expect(removed).toEqual([id])
    expect(audited()[0]).toBe('ssh-key.remove ok')
    expect(() => keys.remove(root, id)).toThrow(coded('SSH_KEY_NOT_FOUND'))
  })

  it('is seen and removed by its user, and by who looks after the users of the team', () => {
    const { keys, userActor, addTeam } = setUp()
    const [anna, ben] = [userActor('anna', 'developer'), userActor('ben', 'developer')]
    const admin = userActor('admin2', 'admin')
    const stranger = userActor('stranger', 'admin', addTeam('theirs'))
    const { id } = keys.add(anna, { publicKey: sshKeyLine() })

    expect([anna, ben, admin, stranger].map((actor) => keys.list(actor).length)).toEqual([
      1, 0, 1, 0,
    ])
    expect(() => keys.remove(ben, id)).toThrow(coded('SSH_KEY_NOT_FOUND'))
    expect(() => keys.remove(stranger, id)).toThrow(coded('SSH_KEY_NOT_FOUND'))
    keys.remove(admin, id)
    expect(keys.list(anna)).toEqual([])
  })

  it('is added for somebody else by who looks after users, and never for one who may do more', () => {
    const { keys, root, userActor } = setUp()
    const anna = userActor('anna', 'developer')

    expect(keys.add(root, { publicKey: sshKeyLine() }, 'anna').user).toBe('anna')
    expect(() => keys.add(anna, { publicKey: sshKeyLine() }, 'admin')).toThrow(
      coded('PERMISSION_DENIED'),
    )
    expect(() => keys.add(root, { publicKey: sshKeyLine() }, 'nobody')).toThrow(
      coded('USER_NOT_FOUND'),
    )
  })

  it('is not made by a token that may do less than its user', () => {
    const { keys, access, root, addApp } = setUp()
    addApp('blog')
    const make = (wish: object) =>
      access.tokens.authenticate(
        access.tokens.create(root, { name: 't', kind: 'api', expiresInDays: 1, ...wish }).token,
        HERE,
      )

    expect(() =>
      keys.add(make({ permissions: ['key.manage', 'app.read'] }), { publicKey: sshKeyLine() }),
    ).toThrow(coded('PERMISSION_DENIED'))
    expect(() => keys.add(make({ apps: ['blog'] }), { publicKey: sshKeyLine() })).toThrow(
      coded('PERMISSION_DENIED'),
    )
    expect(keys.add(make({}), { publicKey: sshKeyLine() }).user).toBe('admin')
  })

  it('ends no later than what made it, and is made by nothing that is bound to a network', () => {
    const { keys, access, root, addApp } = setUp()
    addApp('blog')
    const make = (wish: object) =>
      access.tokens.authenticate(
        access.tokens.create(root, { name: 't', kind: 'api', expiresInDays: 7, ...wish }).token,
        HERE,
      )
    const ofApp = AddDeployKey.parse({ publicKey: sshKeyLine(), expiresInDays: null })
    const byToken = make({})
    const end = byToken.via?.endsAt

    const line = sshKeyLine()
    expect(keys.add(byToken, { publicKey: line, expiresInDays: null }).expiresAt).toBe(end)
    expect(keys.add(byToken, { publicKey: sshKeyLine(), expiresInDays: 1 }).expiresAt).not.toBe(end)
    expect(keys.ofApps.add(byToken, 'blog', ofApp).expiresAt).toBe(end)
    // What such a key lets in makes nothing that is for longer either.
    const byKey = keys.signInOf(blobOf(line), HERE)?.actor ?? fail()
    expect(keys.add(byKey, { publicKey: sshKeyLine() }).expiresAt).toBe(end)
    expect(access.tokens.create(byKey, CreateToken.parse({ name: 't' })).expiresAt).toBe(end)
    const bound = make({ networks: ['192.0.2.0/24'] })
    for (const act of [
      () => keys.add(bound, { publicKey: sshKeyLine() }),
      () => keys.importKeys(bound, sshKeyLine()),
      () => keys.ofApps.add(bound, 'blog', { ...ofApp, publicKey: sshKeyLine() }),
    ])
      expect(act).toThrow(coded('PERMISSION_DENIED'))
  })

  it('is one of at most a hundred', () => {
    const { keys, root } = setUp()
    for (let at = 0; at < 100; at++) keys.add(root, { publicKey: sshKeyLine() })

    expect(() => keys.add(root, { publicKey: sshKeyLine() })).toThrow(coded('SSH_KEYS_FULL'))
  })

  it('comes from an authorized_keys file with the others, each line that stays out with its reason', () => {
    const { keys, root } = setUp()
    const known = sshKeyLine('known')
    keys.add(root, { publicKey: known })

    const { added, skipped } = keys.importKeys(
      root,
      [sshKeyLine('new'), known, `restrict ${sshKeyLine()}`].join('\n'),
    )

    expect(added.map(({ name }) => name)).toEqual(['new'])
    expect(skipped).toEqual([
      { line: 2, reason: 'That SSH key is there already.' },
      { line: 3, reason: 'It is limited by restrict.' },
    ])
  })

  it('remembers when it was used last, to the minute', () => {
    const { keys, root, pass } = setUp()
    const { id } = keys.add(root, { publicKey: sshKeyLine() })
    const lastUsedAt = () => keys.list(root)[0]?.lastUsedAt

    keys.touch(id, HERE)
    pass(59_000)
    keys.touch(id, HERE)
    expect(lastUsedAt()).toBe('2026-11-22T12:00:00.000Z')
    pass(1_000)
    keys.touch(id, HERE)
    expect(lastUsedAt()).toBe('2026-11-22T12:01:00.000Z')
  })
})

describe('signing in over SSH', () => {
  it('is written down once in ten minutes for the same key, address and user', () => {
    const { signIns, keys, root, audited, pass } = setUp()
    const line = sshKeyLine()
    keys.add(root, { publicKey: line })
    const again = () => {
      const found = signIns.byKey(blobOf(line), HERE, { kind: 'git' })
      if (found) signIns.succeeded(found, 'git')
    }
    const written = () => audited().filter((event) => event === 'ssh.sign-in ok').length

    again()
    again()
    expect(written()).toBe(1)
    pass(600_000)
    again()
    expect(written()).toBe(2)
  })

  it('makes an address wait after five connections that nobody came in by, and no other one', () => {
    const { signIns, abuse, pass } = setUp()
    for (let at = 0; at < 5; at++) signIns.failed('2001:db8::1')

    expect(signIns.waitMs('2001:db8::2')).toBe(1_000)
    expect(signIns.waitMs(HERE)).toBe(0)
    expect(abuse).toHaveLength(5)
    pass(1_000)
    expect(signIns.waitMs('2001:db8::1')).toBe(0)
    signIns.failed('2001:db8::3')
    expect(signIns.waitMs('2001:db8::1')).toBe(2_000)
  })

  it('by an app’s password is throttled as the dashboard’s sign-in is', async () => {
    const { signIns, pass } = setUp()
    expect(await signIns.byPassword('blog', 'right', HERE)).toMatchObject({ key: undefined })
    for (let at = 0; at < 5; at++)
      expect(await signIns.byPassword('blog', 'wrong', HERE)).toBeUndefined()

    expect(await signIns.byPassword('blog', 'right', HERE)).toBeUndefined()
    pass(1_000)
    expect(await signIns.byPassword('blog', 'right', HERE)).toBeDefined()
  })

  it('is written down where nobody came in, once in ten minutes for each network', async () => {
    const { signIns, access, auditLog, root, pass } = setUp()
    const failures = () => {
      access.flushFailures()
      return auditLog
        .list(root, { cursor: undefined, limit: 50 })
        .items.filter(({ result }) => result === 'failed')
        .map(({ actor, action, target, address }) => [actor, action, target, address].join(' '))
    }

    for (let at = 0; at < 3; at++) {
      signIns.failed(HERE)
      await signIns.byPassword('blog', 'wrong', HERE)
      await signIns.byPassword('no-such-app', 'wrong', HERE)
    }
    expect(failures().toSorted()).toEqual([
      `nobody ssh.sign-in ssh ${HERE}`,
      `nobody upload.sign-in blog ${HERE}`,
      `nobody upload.sign-in no-such-app ${HERE}`,
    ])
    pass(600_000)
    signIns.failed(HERE)
    expect(failures()).toHaveLength(4)
  })

  it('by an app’s password is not kept from its owner by those who guess it elsewhere', async () => {
    const { signIns } = setUp()
    for (let at = 0; at < 120; at++) await signIns.byPassword('blog', 'wrong', `203.0.113.${at}`)
    expect(await signIns.byPassword('blog', 'right', HERE)).toBeDefined()
  })
})

describe('an SSH key that ends', () => {
  it('lets nobody in from then on, and that is written down with its name', () => {
    const { keys, signIns, root, pass, auditLog } = setUp()
    const line = sshKeyLine('visitor')
    const { id, expiresAt } = keys.add(root, { publicKey: line, expiresInDays: 2 })
    const come = (address = HERE) => signIns.byKey(blobOf(line), address, { kind: 'git' })

    expect(expiresAt).toBe('2026-11-24T12:00:00.000Z')
    pass(2 * 86_400_000 - 1)
    expect(come()?.actor.via).toEqual({ kind: 'key', id, endsAt: expiresAt })
    pass(1)
    expect(come()).toBeUndefined()
    expect(come()).toBeUndefined()
    expect(come('198.51.100.1')).toBeUndefined()

    const refused = auditLog
      .list(root, { cursor: undefined, limit: 10 })
      .items.filter(({ action, result }) => action === 'ssh.sign-in' && result === 'denied')
    expect(refused.map(({ address }) => address)).toEqual(['198.51.100.1', HERE])
    expect(refused[0]).toMatchObject({
      target: id,
      via: `key ${id}`,
      details: { name: 'visitor', reason: 'it expired on 2026-11-24' },
    })
  })
})

describe('a deploy key', () => {
  function withBlog() {
    const harness = setUp()
    const blog = harness.addApp('blog')
    harness.addApp('shop')
    const line = sshKeyLine('ci')
    const as = (kind: 'git' | 'console' | 'blog' | 'shop') =>
      harness.signIns.byKey(
        blobOf(line),
        HERE,
        kind === 'git' || kind === 'console' ? { kind } : { kind: 'uploads', app: kind },
      )
    return { ...harness, blog, line, as }
  }

  it('comes to its app by git and SFTP, and to no other and no console', () => {
    const { keys, root, blog, line, as, audited } = withBlog()

    const key = keys.ofApps.add(root, 'blog', { publicKey: line, access: 'write' })

    expect(key).toMatchObject({ name: 'ci', app: 'blog', access: 'write', expiresAt: null })
    expect(as('git')?.actor).toMatchObject({
      kind: 'token',
      id: key.id,
      name: 'deploy key ci',
      permissions: new Set(['app.read', 'app.deploy']),
      appIds: new Set([blog]),
    })
    expect(as('blog')).toBeDefined()
    expect(audited()).not.toContain('ssh.sign-in denied')
    expect(as('shop')).toBeUndefined()
    expect(as('console')).toBeUndefined()
    expect(audited().filter((event) => event === 'ssh.sign-in denied')).toHaveLength(2)
    expect(keys.list(root)).toEqual([])
  })

  it('reads only, unless it is told to write', () => {
    const { keys, root, line, as } = withBlog()
    keys.ofApps.add(root, 'blog', AddDeployKey.parse({ publicKey: line }))

    expect([...(as('git')?.actor.permissions ?? [])]).toEqual(['app.read'])
  })

  it('is gone with its app, when it ends, and when it is removed', () => {
    const { keys, root, line, as, pass, db, audited } = withBlog()
    const removed: string[] = []
    keys.onRemoved((id) => removed.push(id))
    const add = (expiresInDays: number | null) =>
      keys.ofApps.add(root, 'blog', { publicKey: line, access: 'read', expiresInDays }).id

    const first = add(1)
    pass(86_400_000)
    expect(as('git')).toBeUndefined()
    keys.ofApps.remove(root, 'blog', first)
    const second = add(null)
    expect(as('git')).toBeDefined()
    expect(() => keys.ofApps.remove(root, 'shop', second)).toThrow(coded('SSH_KEY_NOT_FOUND'))
    db.exec("UPDATE apps SET destroyed_at = '2026-11-23T12:00:00.000Z' WHERE name = 'blog'")
    expect(as('git')).toBeUndefined()
    expect(removed).toEqual([first])
    expect(audited().slice(0, 2)).toEqual(['ssh.sign-in denied', 'deploy-key.add ok'])
  })

  it('is given by who may do as much, in their own team, and is one of at most fifty', () => {
    const { keys, root, line, userActor, addTeam } = withBlog()
    const wish = { publicKey: line, access: 'write' as const }
    const viewer = userActor('eye', 'viewer')
    const stranger = userActor('stranger', 'admin', addTeam('theirs'))
    const noPush = {
      ...root,
      permissions: new Set([...root.permissions].filter((each) => each !== 'app.deploy')),
    }

    expect(() => keys.ofApps.add(viewer, 'blog', wish)).toThrow(coded('PERMISSION_DENIED'))
    expect(() => keys.ofApps.add(noPush, 'blog', wish)).toThrow(coded('PERMISSION_DENIED'))
    for (const work of [
      () => keys.ofApps.list(stranger, 'blog'),
      () => keys.ofApps.add(stranger, 'blog', wish),
      () => keys.ofApps.remove(stranger, 'blog', 'x'),
    ])
      expect(work).toThrow(coded('APP_NOT_FOUND'))
    keys.add(root, { publicKey: line })
    expect(() => keys.ofApps.add(root, 'blog', wish)).toThrow(coded('SSH_KEY_TAKEN'))
    for (let at = 0; at < 50; at++)
      keys.ofApps.add(root, 'blog', { publicKey: sshKeyLine(), access: 'read' })
    expect(() =>
      keys.ofApps.add(root, 'blog', { publicKey: sshKeyLine(), access: 'read' }),
    ).toThrow(coded('SSH_KEYS_FULL'))
    expect(keys.ofApps.list(viewer, 'blog')).toHaveLength(50)
  })
})
