import { describe, expect, it } from 'vitest'
import { CLIENT, createAccessHarness } from '#test/access-harness.ts'

const coded = (code: string) => expect.objectContaining({ code })
const NOT_SIGNED_IN = coded('NOT_SIGNED_IN')

function signedIn() {
  const harness = createAccessHarness()
  const { sessions, signIn } = harness.access
  const link = () => signIn.byLink(harness.access.createSignInLink().token, CLIENT)
  return { ...harness, ...harness.access, sessions, signInAgain: link, started: link() }
}

describe('the first start (rules C10, C19)', () => {
  it('makes one team and one owner without a password, once', () => {
    const { access, audited } = createAccessHarness()

    access.createFirstOwner()

    expect(access.people.list(access.rootActor())).toMatchObject([
      { name: 'admin', role: 'owner', hasPassword: false, disabledAt: null, grants: {} },
    ])
    expect(audited()).toEqual(['user.create ok'])
  })
})

describe('a sign-in link', () => {
  it('lets in once, and never again', () => {
    const { access, audited } = createAccessHarness()
    const { token } = access.createSignInLink()

    const started = access.signIn.byLink(token, CLIENT)

    expect(access.sessions.authenticate(started.sessionId, '::1')?.name).toBe('admin')
    expect(() => access.signIn.byLink(token, CLIENT)).toThrow(coded('SIGN_IN_LINK_INVALID'))
    expect(audited()).toEqual(['session.sign-in ok', 'sign-in-link.create ok', 'user.create ok'])
  })

  it('is good for an hour, and holds 256 bits of which only a hash is kept', () => {
    const { access, pass, everythingAtRest } = createAccessHarness()
    const { token, url, expiresAt } = access.createSignInLink()

    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect(url).toBe(`https://example.com:8443/sign-in/${token}`)
    expect(expiresAt.toISOString()).toBe('2026-11-22T13:00:00.000Z')
    expect(everythingAtRest()).not.toContain(token)

    pass(3_600_000)
    expect(() => access.signIn.byLink(token, CLIENT)).toThrow(coded('SIGN_IN_LINK_INVALID'))
  })

  it('cannot be guessed from a hash, and is not made for a user who does not exist', () => {
    const { access, db } = createAccessHarness()
    access.createSignInLink()
    const hash = db.prepare<[], string>('SELECT token_hash FROM sign_in_links').pluck().get() ?? ''

    expect(() => access.signIn.byLink(hash, CLIENT)).toThrow(coded('SIGN_IN_LINK_INVALID'))
    expect(() => access.createSignInLink('nobody')).toThrow(coded('USER_NOT_FOUND'))
  })
})

describe('a session (decision 8)', () => {
  it('gives a new refresh token for each, and takes each only once', () => {
    const { sessions, started } = signedIn()

    const second = sessions.refresh(started.refreshToken, CLIENT)
    const third = sessions.refresh(second.refreshToken, CLIENT)

    expect(new Set([started, second, third].map((one) => one.refreshToken)).size).toBe(3)
    expect(third.sessionId).toBe(started.sessionId)
  })

  it('gives two tabs that refresh at once, or one whose reply got lost, the same next token', () => {
    const { sessions, started, pass } = signedIn()

    const one = sessions.refresh(started.refreshToken, CLIENT)
    pass(4_999)
    const other = sessions.refresh(started.refreshToken, CLIENT)

    expect(other).toEqual(one)
    expect(sessions.refresh(one.refreshToken, CLIENT).sessionId).toBe(one.sessionId)
  })

  it('ends when a token is used again after the grace of 5 seconds: somebody has a copy', () => {
    const { sessions, started, pass, audited } = signedIn()
    const next = sessions.refresh(started.refreshToken, CLIENT)
    pass(5_000)

    expect(() => sessions.refresh(started.refreshToken, CLIENT)).toThrow(NOT_SIGNED_IN)
    expect(() => sessions.refresh(next.refreshToken, CLIENT)).toThrow(NOT_SIGNED_IN)
    expect(sessions.authenticate(started.sessionId, '::1')).toBeUndefined()
    expect(audited()[0]).toBe('session.refresh-token-reused denied')
  })

  it('ends when a token of two generations before comes, even within the 5 seconds', () => {
    const { sessions, started } = signedIn()
    const second = sessions.refresh(started.refreshToken, CLIENT)
    sessions.refresh(second.refreshToken, CLIENT)

    expect(() => sessions.refresh(started.refreshToken, CLIENT)).toThrow(NOT_SIGNED_IN)
    expect(sessions.authenticate(started.sessionId, '::1')).toBeUndefined()
  })

  it('is not ended by somebody who only knows its id', () => {
    const { sessions, started } = signedIn()
    const [id, , mac] = started.refreshToken.split('.')

    for (const forged of [`${id}.1.x`, `${id}.0.${mac}`, `${id}.2.${mac}`, `${id}`, '', '..'])
      expect(() => sessions.refresh(forged, CLIENT)).toThrow(NOT_SIGNED_IN)
    sessions.end(`${id}.1.x`)

    expect(sessions.authenticate(started.sessionId, '::1')).toBeDefined()
  })

  it('keeps no refresh token at rest, only hashes', () => {
    const { started, everythingAtRest } = signedIn()

    expect(everythingAtRest()).not.toContain(started.refreshToken)
    expect(everythingAtRest()).not.toContain(started.refreshToken.split('.')[2])
  })

  it('ends after 12 idle hours', () => {
    const { sessions, started, pass } = signedIn()
    pass(11 * 3_600_000)
    expect(sessions.authenticate(started.sessionId, '::1')).toBeDefined()
    pass(11 * 3_600_000)
    expect(sessions.authenticate(started.sessionId, '::1')).toBeDefined()

    pass(12 * 3_600_000)
    expect(sessions.authenticate(started.sessionId, '::1')).toBeUndefined()
    expect(() => sessions.refresh(started.refreshToken, CLIENT)).toThrow(NOT_SIGNED_IN)
  })

  it('ends after 7 days, however busy', () => {
    const { sessions, started, pass } = signedIn()

    for (let hours = 0; hours < 7 * 24 - 6; hours += 6) {
      expect(sessions.authenticate(started.sessionId, '::1')).toBeDefined()
      pass(6 * 3_600_000)
    }
    pass(6 * 3_600_000)

    expect(sessions.authenticate(started.sessionId, '::1')).toBeUndefined()
  })

  it('writes its row at most once a minute for being used', () => {
    const { sessions, started, pass, db } = signedIn()
    const changes = () => db.prepare<[], number>('SELECT total_changes()').pluck().get()
    pass(59_000)
    const before = changes()

    for (let at = 0; at < 50; at += 1) sessions.authenticate(started.sessionId, '::1')
    expect(changes()).toBe(before)
    pass(1_000)
    for (let at = 0; at < 50; at += 1) sessions.authenticate(started.sessionId, '::1')
    expect(changes()).toBe((before ?? 0) + 1)
  })

  it('has at once what the role of its user may now', () => {
    const { sessions, started, db } = signedIn()
    db.exec("UPDATE memberships SET role = 'viewer'")

    expect(sessions.authenticate(started.sessionId, '::1')?.permissions.has('app.destroy')).toBe(
      false,
    )
  })

  it('is listed and ended by its own user, and by nobody else', () => {
    const { sessions, started, signInAgain, rootActor, addUser } = signedIn()
    const other = signInAgain()
    const anna = { ...rootActor(), id: addUser('anna', 'admin').id }

    expect(sessions.list(rootActor(), started.sessionId)).toHaveLength(2)
    expect(sessions.list(rootActor(), started.sessionId).find(({ current }) => current)?.id).toBe(
      started.sessionId,
    )
    expect(sessions.list(anna, null)).toEqual([])
    expect(() => sessions.revoke(anna, other.sessionId)).toThrow(coded('SESSION_NOT_FOUND'))

    sessions.revoke(rootActor(), other.sessionId)
    expect(sessions.authenticate(other.sessionId, '::1')).toBeUndefined()
    expect(sessions.authenticate(started.sessionId, '::1')).toBeDefined()
  })

  it('ends at sign-out', () => {
    const { sessions, started } = signedIn()

    sessions.end(started.refreshToken)

    expect(sessions.authenticate(started.sessionId, '::1')).toBeUndefined()
  })
})
