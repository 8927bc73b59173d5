import { describe, expect, it } from 'vitest'
import { CLIENT, createAccessHarness, createFakePasswordHasher } from '#test/access-harness.ts'
import { createSoftwareAuthenticator } from '#test/software-authenticator.ts'

const coded = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) })
const GOOD = 'a lighthouse in the fog'

async function withPasskey() {
  const harness = createAccessHarness(createFakePasswordHasher())
  const { access } = harness
  const { signIn, sessions, passkeys } = access
  const byLink = signIn.byLink(access.createSignInLink().token, CLIENT)
  const { sessionId } = await signIn.setPassword(
    access.rootActor(),
    byLink.sessionId,
    { password: GOOD },
    CLIENT,
  )
  const actor = sessions.authenticate(sessionId, CLIENT.address) ?? access.rootActor()
  const key = createSoftwareAuthenticator()
  const added = await passkeys.add(actor, sessionId, {
    name: 'laptop',
    answer: key.create(passkeys.creation(actor)),
  })
  const ask = () => signIn.askForPasskey(undefined)
  return { ...harness, ...access, sessionId, actor, key, added, ask }
}

describe('a passkey', () => {
  it('signs in without a name or a password, as often as one likes', async () => {
    const { signIn, sessions, key, ask, added, passkeys, actor, audited } = await withPasskey()
    expect(added).toMatchObject({ name: 'laptop', host: 'example.com', lastUsedAt: null })

    for (let at = 0; at < 3; at++) {
      const started = await signIn.byPasskey(key.get(ask()), CLIENT)
      expect(sessions.authenticate(started.sessionId, '::1')?.name).toBe('admin')
      expect(sessions.isFresh(started.sessionId)).toBe(true)
    }

    expect(passkeys.list(actor.id)[0]?.lastUsedAt).not.toBeNull()
    expect(audited()[0]).toBe('session.sign-in ok')
  })

  it('is asked for with its user verified and discoverable, on the host of the dashboard', async () => {
    const { passkeys, actor, key, ask } = await withPasskey()
    const creation = passkeys.creation(actor)

    expect(ask()).toMatchObject({
      rpId: 'example.com',
      userVerification: 'required',
      allowCredentials: [],
    })
    expect(creation.authenticatorSelection).toEqual({
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    })
    expect(creation.excludeCredentials).toEqual([
      { type: 'public-key', id: key.id, transports: ['internal'] },
    ])
    expect(Buffer.from(creation.user.id, 'base64url').toString()).toBe(actor.id)
  })

  it.each([
    ['made on a page of an app beside the dashboard', { origin: 'https://evil.example.com:8443' }],
    ['made on another port', { origin: 'https://example.com' }],
    ['made in a frame of somebody else', { crossOrigin: true }],
    ['for another host', { rpId: 'evil.example.com' }],
    ['of somebody who only touched the key', { isVerified: false }],
    [
      'to a challenge that is not ours',
      { challenge: Buffer.from('a.b.c.d').toString('base64url') },
    ],
    ['that names another user', { userHandle: Buffer.from('somebody').toString('base64url') }],
  ])('does not sign in by an answer %s', async (_what, twist) => {
    const { signIn, key, ask, audited } = await withPasskey()

    await expect(signIn.byPasskey(key.get(ask(), twist), CLIENT)).rejects.toEqual(
      coded('PASSKEY_WRONG'),
    )
    await expect.poll(() => audited()[0]).toBe('session.sign-in failed')
  })

  it('does not sign in by an answer that was used, is late, or was for something else', async () => {
    const { signIn, key, ask, pass, passkeys, actor } = await withPasskey()
    const used = key.get(ask())
    await signIn.byPasskey(used, CLIENT)
    const late = ask()
    const forProof = passkeys.request('passkey-proof', actor.id)
    const creation = passkeys.creation(actor)

    for (const answer of [
      used,
      key.get(forProof),
      key.get({ ...ask(), challenge: creation.challenge }),
    ])
      await expect(signIn.byPasskey(answer, CLIENT)).rejects.toEqual(coded('PASSKEY_WRONG'))
    pass(300_000)
    await expect(signIn.byPasskey(key.get(late), CLIENT)).rejects.toEqual(coded('PASSKEY_WRONG'))
  })

  it('is taken for a copy when its counter goes back or stands still', async () => {
    const { signIn, key, ask } = await withPasskey()
    await signIn.byPasskey(key.get(ask(), { counter: 7 }), CLIENT)

    for (const counter of [7, 6, 0])
      await expect(signIn.byPasskey(key.get(ask(), { counter }), CLIENT)).rejects.toEqual(
        coded('PASSKEY_WRONG'),
      )
    await expect(signIn.byPasskey(key.get(ask(), { counter: 8 }), CLIENT)).resolves.toBeDefined()
  })

  it('may have no counter, as those that are synced', async () => {
    const { access } = createAccessHarness()
    const { sessionId } = access.signIn.byLink(access.createSignInLink().token, CLIENT)
    const actor = access.rootActor()
    const key = createSoftwareAuthenticator()
    const answer = key.create(access.passkeys.creation(actor), { counter: 0 })
    await access.passkeys.add(actor, sessionId, { name: 'phone', answer })

    for (let at = 0; at < 2; at++) {
      const request = access.signIn.askForPasskey(undefined)
      await expect(
        access.signIn.byPasskey(key.get(request, { counter: 0 }), CLIENT),
      ).resolves.toBeDefined()
    }
  })

  it('is a second factor too: a password alone no longer lets in', async () => {
    const { signIn, sessions, key } = await withPasskey()
    const error: unknown = await signIn
      .byPassword('admin', GOOD, CLIENT)
      .catch((refused: unknown) => refused)
    expect(error).toEqual(coded('SECOND_STEP_NEEDED', { ways: ['passkey'] }))
    const { ticket } = Object(Object(error).details)

    const request = signIn.askForPasskey(ticket)
    expect(request.allowCredentials.map(({ id }) => id)).toEqual([key.id])
    const step = { ticket, proof: { by: 'passkey' as const, answer: key.get(request) } }
    const started = await signIn.bySecondStep(step, CLIENT)

    expect(sessions.authenticate(started.sessionId, '::1')?.name).toBe('admin')
    await expect(signIn.bySecondStep(step, CLIENT)).rejects.toEqual(coded('SECOND_STEP_ENDED'))
  })

  it('is a fresh proof for its own user, and for nobody else', async () => {
    const { proofs, sessions, passkeys, key, actor, sessionId, pass, addUser } = await withPasskey()
    pass(600_000)
    const other = { ...actor, id: addUser('anna', 'admin').id }
    const answerTo = (userId: string) => ({
      by: 'passkey' as const,
      answer: key.get(passkeys.request('passkey-proof', userId)),
    })

    await expect(proofs.prove(other, sessionId, answerTo(other.id), CLIENT)).rejects.toEqual(
      coded('PROOF_WRONG'),
    )
    await expect(proofs.prove(other, sessionId, answerTo(actor.id), CLIENT)).rejects.toEqual(
      coded('PROOF_WRONG'),
    )
    expect(sessions.isFresh(sessionId)).toBe(false)
    await proofs.prove(actor, sessionId, answerTo(actor.id), CLIENT)

    expect(sessions.isFresh(sessionId)).toBe(true)
  })

  it.each([
    ['on another page', { origin: 'https://evil.example.com:8443' }],
    ['without its user verified', { isVerified: false }],
    ['for another host', { rpId: 'evil.example.com' }],
  ])('is not added where it was made %s', async (_what, twist) => {
    const { passkeys, actor, sessionId } = await withPasskey()
    const answer = createSoftwareAuthenticator().create(passkeys.creation(actor), twist)

    await expect(passkeys.add(actor, sessionId, { name: 'x', answer })).rejects.toEqual(
      coded('PASSKEY_REFUSED'),
    )
    expect(passkeys.list(actor.id)).toHaveLength(1)
  })

  it('is added once, by who asked for it, and ends every other session', async () => {
    const { access, passkeys, signIn, sessions, actor, sessionId, addUser } = await withPasskey()
    const elsewhere = signIn.byLink(
      access.createSignInLink('admin', access.rootActor()).token,
      CLIENT,
    )
    const key = createSoftwareAuthenticator()
    const answer = key.create(passkeys.creation(actor))
    const other = { ...actor, id: addUser('anna', 'admin').id }

    await expect(passkeys.add(other, sessionId, { name: 'x', answer })).rejects.toEqual(
      coded('PASSKEY_REFUSED'),
    )
    await passkeys.add(actor, sessionId, { name: 'phone', answer })
    await expect(passkeys.add(actor, sessionId, { name: 'x', answer })).rejects.toEqual(
      coded('PASSKEY_REFUSED'),
    )
    const again = key.create(passkeys.creation(actor))
    await expect(passkeys.add(actor, sessionId, { name: 'x', answer: again })).rejects.toEqual(
      coded('PASSKEY_REFUSED'),
    )

    expect(passkeys.list(actor.id).map(({ name }) => name)).toEqual(['laptop', 'phone'])
    expect(sessions.authenticate(sessionId, '::1')).toBeDefined()
    expect(sessions.authenticate(elsewhere.sessionId, '::1')).toBeUndefined()
  })

  it('is added by nobody whose session has ended meanwhile', async () => {
    const { passkeys, sessions, actor, sessionId } = await withPasskey()
    const answer = createSoftwareAuthenticator().create(passkeys.creation(actor))

    const adding = passkeys.add(actor, sessionId, { name: 'x', answer })
    sessions.revoke(actor, sessionId)

    await expect(adding).rejects.toEqual(coded('NOT_SIGNED_IN'))
    expect(passkeys.list(actor.id)).toHaveLength(1)
  })

  it('is renamed and removed by its own user alone, and lets nobody in then', async () => {
    const { passkeys, signIn, actor, sessionId, added, key, ask, addUser } = await withPasskey()
    const other = { ...actor, id: addUser('anna', 'admin').id }

    expect(() => passkeys.rename(other, added.id, 'mine')).toThrow(coded('PASSKEY_NOT_FOUND'))
    expect(() => passkeys.remove(other, sessionId, added.id)).toThrow(coded('PASSKEY_NOT_FOUND'))
    passkeys.rename(actor, added.id, 'old laptop')
    expect(passkeys.list(actor.id)[0]?.name).toBe('old laptop')
    passkeys.remove(actor, sessionId, added.id)

    await expect(signIn.byPasskey(key.get(ask()), CLIENT)).rejects.toEqual(coded('PASSKEY_WRONG'))
    await expect(signIn.byPassword('admin', GOOD, CLIENT)).resolves.toBeDefined()
  })
})
