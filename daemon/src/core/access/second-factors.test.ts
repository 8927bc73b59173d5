import { describe, expect, it } from 'vitest'
import { codeOf, stepAt } from '#core/access/one-time-code.ts'
import { CLIENT, createAccessHarness, createFakePasswordHasher } from '#test/access-harness.ts'

const coded = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) })
const GOOD = 'a lighthouse in the fog'

/** The owner, with a password, at a browser. */
async function atBrowser() {
  const harness = createAccessHarness(createFakePasswordHasher())
  const { access, clock } = harness
  const { signIn, factors, sessions } = access
  const byLink = signIn.byLink(access.createSignInLink().token, CLIENT)
  const { sessionId } = await signIn.setPassword(
    access.rootActor(),
    byLink.sessionId,
    { password: GOOD },
    CLIENT,
  )
  const actor = sessions.authenticate(sessionId, CLIENT.address) ?? access.rootActor()
  const codeAfter = (secret: Buffer, shift = 0) => codeOf(secret, stepAt(clock.now()) + shift)

  function withApp() {
    const { key, ticket } = factors.beginApp(actor)
    const bytes = fromBase32(key)
    const codes = factors.confirmApp(actor, sessionId, { ticket, code: codeAfter(bytes) })
    harness.pass(30_000)
    return { bytes, codes, code: (shift = 0) => codeAfter(bytes, shift) }
  }
  /** The error of a first step: where the second begins. */
  const firstStep = async (): Promise<{ ticket: string; ways: unknown }> => {
    const error: unknown = await signIn.byPassword('admin', GOOD, CLIENT).catch((e: unknown) => e)
    expect(error).toEqual(coded('SECOND_STEP_NEEDED'))
    return detailsOf(error)
  }
  return { ...harness, ...access, sessionId, actor, withApp, firstStep }
}

describe('an authenticator app', () => {
  it('counts once a code of it has come back, and ends every other session', async () => {
    const { access, factors, sessions, signIn, actor, sessionId, withApp, db, transact } =
      await atBrowser()
    const elsewhere = signIn.byLink(access.createSignInLink().token, CLIENT)
    const { ticket, uri } = factors.beginApp(actor)

    expect(uri).toMatch(
      /^otpauth:\/\/totp\/Vastrox%20example\.com%3A8443:admin\?secret=[A-Z2-7]{32}&/,
    )
    expect(() => factors.confirmApp(actor, sessionId, { ticket, code: '000000' })).toThrow(
      coded('CODE_WRONG'),
    )
    expect(factors.hasApp(actor.id)).toBe(false)

    const { codes, bytes } = withApp()
    expect(codes).toHaveLength(10)
    expect(sessions.authenticate(sessionId, '::1')).toBeDefined()
    expect(sessions.authenticate(elsewhere.sessionId, '::1')).toBeUndefined()
    const atRest = JSON.stringify(transact(() => db.prepare('SELECT * FROM code_makers').all()))
    expect(atRest).not.toContain(bytes.toString('base64'))
  })

  it('is not set up with the ticket of somebody else', async () => {
    const { factors, actor, sessionId, addUser } = await atBrowser()
    const { ticket, key } = factors.beginApp(actor)
    const other = { ...actor, id: addUser('anna', 'viewer').id }
    const code = codeOf(fromBase32(key), stepAt(new Date()))

    expect(() => factors.confirmApp(other, sessionId, { ticket, code })).toThrow(
      coded('CODE_WRONG'),
    )
  })

  it('is asked for after the password, by a ticket that is good for nothing else', async () => {
    const { signIn, sessions, withApp, firstStep, audited } = await atBrowser()
    const { code } = withApp()
    const { ticket, ways } = await firstStep()

    expect(ways).toEqual(['code', 'recovery-code'])
    expect(() => sessions.refresh(ticket, CLIENT)).toThrow(coded('NOT_SIGNED_IN'))
    const started = await signIn.bySecondStep(
      { ticket, proof: { by: 'code', code: code() } },
      CLIENT,
    )

    expect(sessions.authenticate(started.sessionId, '::1')?.name).toBe('admin')
    expect(sessions.isFresh(started.sessionId)).toBe(true)
    expect(audited()[0]).toBe('session.sign-in ok')
    await expect(
      signIn.bySecondStep({ ticket, proof: { by: 'code', code: code(1) } }, CLIENT),
    ).rejects.toEqual(coded('SECOND_STEP_ENDED'))
  })

  it('lets each code in once, also after a restart and also half a minute later', async () => {
    const { signIn, withApp, firstStep, pass } = await atBrowser()
    const { code } = withApp()
    const now = code()
    const use = async (text: string) =>
      signIn.bySecondStep(
        { ticket: (await firstStep()).ticket, proof: { by: 'code', code: text } },
        CLIENT,
      )
    await use(now)

    await expect(use(now)).rejects.toEqual(coded('SECOND_STEP_FAILED'))
    pass(30_000)
    await expect(use(now)).rejects.toEqual(coded('SECOND_STEP_FAILED'))
    // What was taken is a row: a code from before the one that was used is no good either.
    await expect(use(code(-1))).rejects.toEqual(coded('SECOND_STEP_FAILED'))
    await expect(use(code())).resolves.toBeDefined()
  })

  it('stands five wrong codes for a ticket, and then slows down whoever guesses', async () => {
    const { signIn, withApp, firstStep } = await atBrowser()
    withApp()
    const { ticket } = await firstStep()
    const guess = (from: string) =>
      signIn
        .bySecondStep(
          { ticket, proof: { by: 'code', code: '000000' } },
          { ...CLIENT, address: from },
        )
        .catch((error: unknown) => error)

    for (let at = 0; at < 5; at++)
      expect(await guess(`192.0.2.${100 + at}`)).toEqual(coded('SECOND_STEP_FAILED'))
    expect(await guess('192.0.2.200')).toEqual(coded('SECOND_STEP_ENDED'))

    const next = await firstStep()
    for (let at = 0; at < 5; at++)
      await signIn
        .bySecondStep({ ...next, proof: { by: 'code', code: '000000' } }, CLIENT)
        .catch(() => {})
    const another = await firstStep()
    await expect(
      signIn.bySecondStep({ ...another, proof: { by: 'code', code: '000000' } }, CLIENT),
    ).rejects.toEqual(coded('RATE_LIMITED'))
  })

  it('is asked for after a link too, unless root made it on the server', async () => {
    const { access, signIn, sessions, actor, withApp } = await atBrowser()
    withApp()
    const byAdmin = access.createSignInLink('admin', actor)
    const byRoot = access.createSignInLink('admin', access.rootActor())

    expect(() => signIn.byLink(byAdmin.token, CLIENT)).toThrow(coded('SECOND_STEP_NEEDED'))
    const { sessionId } = signIn.byLink(byRoot.token, CLIENT)
    expect(sessions.authenticate(sessionId, '::1')?.name).toBe('admin')
  })
})

describe('recovery codes', () => {
  it('are ten, of 80 bits, of which only hashes are kept', async () => {
    const { withApp, everythingAtRest } = await atBrowser()
    const { codes } = withApp()

    expect(new Set(codes).size).toBe(10)
    for (const code of codes) {
      expect(code).toMatch(/^([a-z2-7]{4}-){3}[a-z2-7]{4}$/)
      expect(everythingAtRest()).not.toContain(code)
      expect(everythingAtRest()).not.toContain(code.replaceAll('-', ''))
    }
  })

  it('let in once each, however they are typed, and are replaced by new ones', async () => {
    const { signIn, withApp, firstStep, factors, actor, sessionId } = await atBrowser()
    const [first = '', second = '', third = ''] = withApp().codes
    const use = async (code: string) =>
      signIn.bySecondStep(
        { ticket: (await firstStep()).ticket, proof: { by: 'recovery-code', code } },
        CLIENT,
      )

    await expect(use(` ${first.toUpperCase().replaceAll('-', ' ')} `)).resolves.toBeDefined()
    await expect(use(first)).rejects.toEqual(coded('SECOND_STEP_FAILED'))
    expect(factors.recovery.left(actor.id)).toBe(9)
    const fresh = factors.renewRecoveryCodes(actor, sessionId)

    await expect(use(second)).rejects.toEqual(coded('SECOND_STEP_FAILED'))
    await expect(use(third)).rejects.toEqual(coded('SECOND_STEP_FAILED'))
    await expect(use(fresh[0] ?? '')).resolves.toBeDefined()
  })
})

describe('a fresh proof of who sits there', () => {
  it('is the sign-in itself for ten minutes, and then what the user has set up', async () => {
    const { proofs, sessions, actor, sessionId, pass, withApp } = await atBrowser()
    proofs.mustBeFresh(actor, sessionId)
    pass(600_000)
    expect(() => proofs.mustBeFresh(actor, sessionId)).toThrow(
      coded('PROOF_REQUIRED', { ways: ['password'] }),
    )

    await proofs.prove(actor, sessionId, { by: 'password', password: GOOD }, CLIENT)
    expect(sessions.isFresh(sessionId)).toBe(true)
    const { code } = withApp()
    pass(600_000)

    expect(() => proofs.mustBeFresh(actor, sessionId)).toThrow(
      coded('PROOF_REQUIRED', { ways: ['code'] }),
    )
    // A stolen session and a password would take the second factor away.
    await expect(
      proofs.prove(actor, sessionId, { by: 'password', password: GOOD }, CLIENT),
    ).rejects.toEqual(coded('PROOF_REQUIRED', { ways: ['code'] }))
    expect(sessions.isFresh(sessionId)).toBe(false)
    await proofs.prove(actor, sessionId, { by: 'code', code: code() }, CLIENT)
    expect(sessions.isFresh(sessionId)).toBe(true)
  })

  it('is of one session, and not of a wrong password', async () => {
    const { access, signIn, proofs, sessions, actor, sessionId, pass, audited } = await atBrowser()
    const other = signIn.byLink(access.createSignInLink().token, CLIENT)
    pass(600_000)
    await proofs.prove(actor, other.sessionId, { by: 'password', password: GOOD }, CLIENT)

    await expect(
      proofs.prove(actor, sessionId, { by: 'password', password: 'wrong' }, CLIENT),
    ).rejects.toEqual(coded('PROOF_WRONG'))

    expect(sessions.isFresh(sessionId)).toBe(false)
    expect(sessions.isFresh(other.sessionId)).toBe(true)
    expect(audited().slice(0, 2)).toEqual(['session.prove failed', 'session.prove ok'])
  })

  it('is nothing that a link gives for longer than ten minutes', async () => {
    const { access, pass } = createAccessHarness()
    const { sessionId } = access.signIn.byLink(access.createSignInLink().token, CLIENT)
    access.proofs.mustBeFresh(access.rootActor(), sessionId)
    pass(600_000)

    expect(() => access.proofs.mustBeFresh(access.rootActor(), sessionId)).toThrow(
      coded('PROOF_REQUIRED', { ways: [] }),
    )
  })

  it('does not last because somebody sets the clock back', async () => {
    const { sessions, sessionId, pass } = await atBrowser()

    pass(-3_600_000)

    expect(sessions.isFresh(sessionId)).toBe(false)
  })
})

describe('a team that asks for a second factor', () => {
  it('lets who has none do nothing but set one up', async () => {
    const { proofs, factors, actor, sessionId, withApp } = await atBrowser()
    factors.require(actor, true)

    expect(proofs.needsSecond(actor)).toBe(true)
    expect(() => proofs.mustSuit(actor, sessionId, {})).toThrow(coded('SECOND_FACTOR_REQUIRED'))
    proofs.mustSuit(actor, sessionId, { setUp: true, fresh: true })
    withApp()
    proofs.mustSuit(actor, sessionId, {})

    factors.removeApp(actor, sessionId)
    expect(() => proofs.mustSuit(actor, sessionId, {})).toThrow(coded('SECOND_FACTOR_REQUIRED'))
    factors.require(actor, false)
    proofs.mustSuit(actor, sessionId, {})
  })
})

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
function fromBase32(text: string): Buffer {
  const bits = Array.from(text, (letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0'))
  const bytes = bits.join('').match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}

function detailsOf(error: unknown): { ticket: string; ways: unknown } {
  if (!(error instanceof Error) || !('details' in error)) throw new Error('no details')
  const { details } = error
  if (typeof details !== 'object' || details === null || !('ticket' in details))
    throw new Error('no ticket')
  return { ticket: String(details.ticket), ways: 'ways' in details ? details.ways : undefined }
}
