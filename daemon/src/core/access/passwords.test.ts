import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { mustBeStrong } from '#core/access/password-rules.ts'
import { CLIENT, createAccessHarness, createFakePasswordHasher } from '#test/access-harness.ts'

const coded = (code: string) => expect.objectContaining({ code })
const RetryAfter = z
  .object({ details: z.object({ retryAfterSeconds: z.int() }) })
  .transform(({ details }) => details)
const GOOD = 'a lighthouse in the fog'

async function withPassword() {
  const hasher = createFakePasswordHasher()
  const harness = createAccessHarness(hasher)
  const { access } = harness
  const byLink = access.signIn.byLink(access.createSignInLink().token, CLIENT)
  const started = await access.signIn.setPassword(
    access.rootActor(),
    byLink.sessionId,
    { password: GOOD },
    CLIENT,
  )
  return { ...harness, hasher, byLink, started, ...access }
}

describe('setting a password', () => {
  it('ends every session and link of the user, and goes on in a new session', async () => {
    const { access } = createAccessHarness()
    const { signIn, sessions } = access
    const first = signIn.byLink(access.createSignInLink().token, CLIENT)
    const elsewhere = signIn.byLink(access.createSignInLink().token, CLIENT)
    const unused = access.createSignInLink()

    const started = await signIn.setPassword(
      access.rootActor(),
      first.sessionId,
      { password: GOOD },
      CLIENT,
    )

    expect(sessions.authenticate(started.sessionId, '::1')).toBeDefined()
    expect(sessions.authenticate(first.sessionId, '::1')).toBeUndefined()
    expect(sessions.authenticate(elsewhere.sessionId, '::1')).toBeUndefined()
    expect(() => signIn.byLink(unused.token, CLIENT)).toThrow(coded('SIGN_IN_LINK_INVALID'))
  })

  it('is not done by who was signed out while it was hashed, nor let in by what was taken back', async () => {
    const held: (() => void)[] = []
    const fake = createFakePasswordHasher()
    const hold = () => new Promise<void>((resolve) => held.push(resolve))
    const harness = createAccessHarness({
      ...fake,
      verify: async (...asked) => {
        await hold()
        return fake.verify(...asked)
      },
      hash: async (password) => {
        await hold()
        return fake.hash(password)
      },
    })
    const { access, users } = harness
    const { signIn, people, rootActor } = access
    const next = async () => {
      await expect.poll(() => held.length).toBe(1)
      held.pop()?.()
    }
    const user = harness.addUser('vera', 'viewer')
    users.savePasswordForPlatform(user.id, await fake.hash(GOOD))
    const { sessionId } = signIn.byLink(people.reset(rootActor(), 'vera').token, CLIENT)
    const vera = access.sessions.authenticate(sessionId, '::1') ?? rootActor()

    const setting = signIn.setPassword(vera, sessionId, { password: GOOD }, CLIENT)
    people.reset(rootActor(), 'vera')
    await Promise.all([next(), expect(setting).rejects.toEqual(coded('NOT_SIGNED_IN'))])
    expect(users.findByIdForPlatform(user.id)?.passwordHash).toBeNull()

    users.savePasswordForPlatform(user.id, await fake.hash(GOOD))
    const coming = signIn.byPassword('vera', GOOD, CLIENT)
    people.reset(rootActor(), 'vera')
    await Promise.all([next(), expect(coming).rejects.toEqual(coded('SIGN_IN_FAILED'))])
    expect(access.sessions.listOf(user.id)).toEqual([])
  })

  it('asks for the password before, unless the session came by a link within the hour', async () => {
    const { signIn, sessions, rootActor, pass, started } = await withPassword()
    const change = (currentPassword?: string) =>
      signIn.setPassword(
        rootActor(),
        started.sessionId,
        { currentPassword, password: 'another 12 letters' },
        CLIENT,
      )
    pass(3_600_000)

    await expect(change()).rejects.toEqual(coded('PASSWORD_WRONG'))
    await expect(change('wrong')).rejects.toEqual(coded('PASSWORD_WRONG'))
    expect(sessions.authenticate(started.sessionId, '::1')).toBeDefined()
    expect(await change(GOOD)).toMatchObject({ userId: rootActor().id })
  })

  it.each([
    'short',
    'aaaaaaaaaaaaaaaaaaaa',
    'password1234',
    'passwordpassword',
    'abcdefghijklmnop',
    '123456789012',
    'admin-admin-admin',
    'vastroxvastrox1',
    'qwertyuiop12',
    'abababababababab',
    'x'.repeat(1_025) + GOOD,
  ])('refuses %s', (password) => {
    expect(() => mustBeStrong(password, 'admin')).toThrow(coded('PASSWORD_TOO_WEAK'))
  })

  it.each([
    GOOD,
    'jX4vmQ9tRz2p',
    '🔑 ünïcödé wörds',
    'ein Leuchtturm im Nebel',
    `${'long '.repeat(100)}enough? sure`,
  ])('takes %s, whatever it is made of', (password) => {
    expect(() => mustBeStrong(password, 'admin')).not.toThrow()
  })
})

describe('signing in by password', () => {
  it('starts a session', async () => {
    const { signIn, sessions, audited } = await withPassword()

    const started = await signIn.byPassword('admin', GOOD, CLIENT)

    expect(sessions.authenticate(started.sessionId, '::1')?.name).toBe('admin')
    expect(audited()[0]).toBe('session.sign-in ok')
  })

  it('says the same, and does the same work, for a user who does not exist', async () => {
    const { signIn, hasher, audited } = await withPassword()
    hasher.verified.length = 0
    const known = signIn.byPassword('admin', 'wrong', CLIENT).catch((error: unknown) => error)
    const unknown = signIn.byPassword('nobody', 'wrong', CLIENT).catch((error: unknown) => error)

    expect(await known).toEqual(await unknown)
    expect(await unknown).toEqual(coded('SIGN_IN_FAILED'))
    expect(hasher.verified).toEqual([expect.any(String), undefined])
    expect(audited()[0]).toBe('session.sign-in failed')
  })

  it('never lets in a user without a password', async () => {
    const { access } = createAccessHarness()

    await expect(access.signIn.byPassword('admin', '', CLIENT)).rejects.toEqual(
      coded('SIGN_IN_FAILED'),
    )
  })

  it('slows down after five wrong ones, by name and network, and never locks', async () => {
    const { signIn, pass, hasher } = await withPassword()
    const attempt = (name = 'admin', password = 'wrong') =>
      signIn.byPassword(name, password, CLIENT).then(
        () => 'in',
        (error: unknown) => error,
      )
    for (let at = 0; at < 5; at += 1) expect(await attempt()).toEqual(coded('SIGN_IN_FAILED'))

    const waits: unknown[] = []
    for (let at = 0; at < 8; at += 1) {
      const asked = hasher.verified.length
      const error = await attempt('ADMIN')
      expect(error).toEqual(coded('RATE_LIMITED'))
      expect(hasher.verified).toHaveLength(asked)
      const { retryAfterSeconds } = RetryAfter.parse(error)
      waits.push(retryAfterSeconds)
      pass(retryAfterSeconds * 1_000)
      expect(await attempt()).toEqual(coded('SIGN_IN_FAILED'))
    }

    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
    expect(await attempt('somebody-else')).toEqual(coded('SIGN_IN_FAILED'))
    pass(60_000)
    expect(await attempt('admin', GOOD)).toBe('in')
    expect(await attempt('admin', GOOD)).toBe('in')
  })

  it('counts attempts that are made at the same time', async () => {
    const { signIn } = await withPassword()

    const errors = await Promise.all(
      Array.from({ length: 20 }, () =>
        signIn.byPassword('admin', 'wrong', CLIENT).catch((error: unknown) => error),
      ),
    )

    expect(
      errors.filter((error) =>
        expect.objectContaining({ code: 'RATE_LIMITED' }).asymmetricMatch(error),
      ),
    ).toHaveLength(15)
  })
})
