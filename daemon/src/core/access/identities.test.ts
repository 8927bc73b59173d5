import { SetSignInProvider } from '@vastrox/shared/sign-in.ts'
import { CreateToken } from '@vastrox/shared/token.ts'
import { UserName } from '@vastrox/shared/user.ts'
import { describe, expect, it } from 'vitest'
import type { ForeignIdentity } from '#ports/identity-provider.ts'
import { CLIENT, createAccessHarness, createFakePasswordHasher } from '#test/access-harness.ts'
import { createFakeIdentityProviders } from '#test/fakes/identity-providers.ts'
import { createSoftwareAuthenticator } from '#test/software-authenticator.ts'

const coded = (code: string) => expect.objectContaining({ code })
const ANNA: ForeignIdentity = {
  issuer: 'https://id.example',
  subject: '1',
  label: 'anna@corp.example',
  nickname: 'Anna.Berg@corp.example',
  domain: 'corp.example',
}
const SET_UP = SetSignInProvider.parse({
  preset: 'openid',
  issuer: 'https://id.example',
  clientId: 'vastrox',
  clientSecret: 'hush hush hush',
})

async function withProvider(wish: Partial<SetSignInProvider> = {}) {
  let identity = ANNA
  const fake = createFakeIdentityProviders(() => identity)
  const harness = createAccessHarness(createFakePasswordHasher(), fake)
  const { access } = harness
  const { identities, providers, signIn, sessions } = access
  const root = access.rootActor()
  await providers.set(root, 'corp', { ...SET_UP, ...wish })
  const { sessionId } = signIn.byLink(access.createSignInLink().token, CLIENT)
  const actor = sessions.authenticate(sessionId, CLIENT.address) ?? root

  const stateOf = (url: string): string => new URL(url).searchParams.get('state') ?? ''
  async function come(as: ForeignIdentity, begun = identities.begin('corp')) {
    identity = as
    const { url, browserSecret } = await begun
    const query = `?code=c&state=${stateOf(url)}`
    return identities.finish({ provider: 'corp', query }, browserSecret, CLIENT)
  }
  const link = (as: ForeignIdentity) => come(as, identities.beginLink(actor, sessionId, 'corp'))
  return { ...harness, ...access, fake, sessionId, actor, come, link, stateOf }
}

describe('signing in by a provider', () => {
  it('refuses whoever is not known, whatever address they have', async () => {
    const { come, access, audited } = await withProvider()

    await expect(come(ANNA)).rejects.toEqual(coded('IDENTITY_UNKNOWN'))

    expect(access.people.list(access.rootActor())).toHaveLength(1)
    await expect.poll(() => audited()[0]).toBe('session.sign-in failed')
  })

  it('signs in who has linked the account, by issuer and subject alone', async () => {
    const { come, link, sessions, identities, actor } = await withProvider()
    expect(await link(ANNA)).toMatchObject({ linked: { label: 'anna@corp.example' } })

    const ended = await come({ ...ANNA, label: 'renamed', nickname: 'x', domain: null })
    if (!('session' in ended)) throw new Error('no session')
    expect(sessions.authenticate(ended.session.sessionId, '::1')?.id).toBe(actor.id)
    expect(identities.list(actor.id)).toMatchObject([{ label: 'renamed' }])

    await expect(come({ ...ANNA, subject: '2' })).rejects.toEqual(coded('IDENTITY_UNKNOWN'))
    await expect(come({ ...ANNA, issuer: 'https://evil.example' })).rejects.toEqual(
      coded('IDENTITY_UNKNOWN'),
    )
  })

  it('asks for the second factor all the same', async () => {
    const { come, link, passkeys, sessionId, actor } = await withProvider()
    await link(ANNA)
    const answer = createSoftwareAuthenticator().create(passkeys.creation(actor))
    await passkeys.add(actor, sessionId, { name: 'laptop', answer })

    await expect(come(ANNA)).rejects.toEqual(coded('SECOND_STEP_NEEDED'))
  })

  it('lets in a whole domain where the operator says so, with the role that they say', async () => {
    const { come, sessions, access } = await withProvider({
      domains: ['Corp.example'],
      role: 'developer',
    })

    const ended = await come(ANNA)
    if (!('session' in ended)) throw new Error('no session')
    expect(sessions.authenticate(ended.session.sessionId, '::1')?.name).toBe('anna.berg')
    await come(ANNA)
    await come({ ...ANNA, subject: '2' })

    expect(
      access.people.list(access.rootActor()).map(({ name, role }) => `${name} ${role}`),
    ).toEqual(['admin owner', 'anna.berg developer', 'anna.berg-2 developer'])
    for (const domain of [null, 'evil.example', 'sub.corp.example', 'notcorp.example'])
      await expect(come({ ...ANNA, subject: '3', domain })).rejects.toEqual(
        coded('IDENTITY_UNKNOWN'),
      )
  })

  it('calls nobody what the audit log calls the platform', async () => {
    const { come, access } = await withProvider({ domains: ['corp.example'] })

    await come({ ...ANNA, nickname: 'root' })

    expect(access.people.list(access.rootActor()).map(({ name }) => name)).toEqual([
      'admin',
      'root-2',
    ])
    expect(UserName.safeParse('nobody').success).toBe(false)
  })

  it('lets in whoever brings an invitation, once, and links the account by that', async () => {
    const { identities, invitations, access, sessions, stateOf } = await withProvider()
    const { url } = invitations.create(access.rootActor(), {
      note: 'Anna',
      role: 'developer',
      grants: {},
    })
    const invitation = url.split('/').at(-1) ?? ''
    const come = async (with_: string | undefined) => {
      const begun = await identities.begin('corp')
      const query = `?code=c&state=${stateOf(begun.url)}`
      return identities.finish(
        { provider: 'corp', query, invitation: with_ },
        begun.browserSecret,
        CLIENT,
      )
    }

    await expect(come('made up')).rejects.toEqual(coded('INVITATION_INVALID'))
    const ended = await come(invitation)
    if (!('session' in ended)) throw new Error('no session')
    expect(sessions.authenticate(ended.session.sessionId, '::1')?.name).toBe('anna.berg')
    await expect(come(undefined)).resolves.toBeDefined()
    expect(access.people.list(access.rootActor()).map(({ name }) => name)).toEqual([
      'admin',
      'anna.berg',
    ])
  })

  it('ends only in the browser that began it, once, within ten minutes, for that provider', async () => {
    const { identities, providers, access, pass, stateOf } = await withProvider({
      domains: ['corp.example'],
    })
    await providers.set(access.rootActor(), 'other', SET_UP)
    const finish = (query: string, secret: string | undefined, provider = 'corp') =>
      identities.finish({ provider, query }, secret, CLIENT)
    const INVALID = coded('SIGN_IN_TRIP_INVALID')
    const { url, browserSecret } = await identities.begin('corp')
    const query = `?code=c&state=${stateOf(url)}`
    const { browserSecret: othersSecret } = await identities.begin('corp')

    await expect(finish(query, undefined)).rejects.toEqual(INVALID)
    await expect(finish(query, othersSecret)).rejects.toEqual(INVALID)
    await expect(finish(query, browserSecret, 'other')).rejects.toEqual(INVALID)
    await expect(finish('?code=c&state=made.up.by.me', browserSecret)).rejects.toEqual(INVALID)
    await expect(finish('?code=c', browserSecret)).rejects.toEqual(INVALID)
    await expect(finish(query, browserSecret)).resolves.toBeDefined()
    await expect(finish(query, browserSecret)).rejects.toEqual(INVALID)

    const late = await identities.begin('corp')
    pass(600_000)
    await expect(finish(`?code=c&state=${stateOf(late.url)}`, late.browserSecret)).rejects.toEqual(
      INVALID,
    )
  })

  it('ties each trip to a nonce and a verifier of its own, which are nowhere in its state', async () => {
    const { identities, fake } = await withProvider()
    fake.trips.length = 0

    await identities.begin('corp')
    await identities.begin('corp')

    const [one, two] = fake.trips
    expect(one?.nonce).toMatch(/^[\w-]{43}$/)
    expect(one?.verifier).toMatch(/^[\w-]{43}$/)
    expect(new Set([one?.nonce, one?.verifier, two?.nonce, two?.verifier]).size).toBe(4)
    expect(Buffer.from(one?.state.split('.')[2] ?? '', 'base64url').toString()).not.toContain(
      one?.nonce,
    )
  })
})

describe('linking an account', () => {
  it('takes none that signs in somebody else', async () => {
    const { link, come, identities, sessions, access, addUser } = await withProvider()
    await link(ANNA)
    addUser('eve', 'admin')
    const { sessionId } = access.signIn.byLink(access.createSignInLink('eve').token, CLIENT)
    const eve = sessions.authenticate(sessionId, '::1')
    if (!eve) throw new Error('eve is not signed in')

    await expect(come(ANNA, identities.beginLink(eve, sessionId, 'corp'))).rejects.toEqual(
      coded('IDENTITY_TAKEN'),
    )
    expect(identities.list(eve.id)).toEqual([])
  })

  it('is of who began it: not of a session that has ended meanwhile', async () => {
    const { identities, sessions, actor, sessionId, come } = await withProvider()
    const begun = identities.beginLink(actor, sessionId, 'corp')
    await begun
    sessions.revoke(actor, sessionId)

    await expect(come(ANNA, begun)).rejects.toEqual(coded('NOT_SIGNED_IN'))
    expect(identities.list(actor.id)).toEqual([])
  })

  it('can be taken back, and by nobody else', async () => {
    const { link, come, identities, actor, addUser } = await withProvider()
    await link(ANNA)
    const [linked] = identities.list(actor.id)
    const other = { ...actor, id: addUser('eve', 'admin').id }

    expect(() => identities.unlink(other, linked?.id ?? '')).toThrow(coded('IDENTITY_NOT_FOUND'))
    identities.unlink(actor, linked?.id ?? '')

    await expect(come(ANNA)).rejects.toEqual(coded('IDENTITY_UNKNOWN'))
  })
})

describe('setting a provider up', () => {
  it('keeps its secret sealed, and shows it to nobody', async () => {
    const { providers, access, everythingAtRest } = await withProvider()

    expect(everythingAtRest()).not.toContain('hush hush')
    expect(JSON.stringify(providers.list(access.rootActor()))).not.toContain('hush hush')
  })

  it('gives a kept secret to no other provider or client', async () => {
    const { providers, access } = await withProvider()
    const root = access.rootActor()
    const { clientSecret: _secret, ...rest } = SET_UP

    await providers.set(root, 'corp', { ...rest, role: 'developer' })
    for (const change of [{ issuer: 'https://evil.example' }, { clientId: 'other' }])
      await expect(providers.set(root, 'corp', { ...rest, ...change })).rejects.toEqual(
        coded('REQUEST_INVALID'),
      )
  })

  it.each([
    'http://id.example',
    'https://me:pw@id.example',
    'id.example',
    'https://id.example/?a=1',
  ])('takes no issuer such as %s', async (issuer) => {
    const { providers, access } = await withProvider()

    await expect(providers.set(access.rootActor(), 'corp', { ...SET_UP, issuer })).rejects.toEqual(
      coded('REQUEST_INVALID'),
    )
  })

  it('lets nobody in as more than who sets it up is', async () => {
    const { providers, access } = await withProvider()
    const { token } = access.tokens.create(
      access.rootActor(),
      CreateToken.parse({ name: 'node', permissions: ['node.change'] }),
    )
    const limited = access.tokens.authenticate(token, '::1')
    const wish = { ...SET_UP, issuer: 'https://mine.example', domains: ['mine.example'] }

    for (const role of ['admin', 'viewer'] as const)
      await expect(providers.set(limited, 'mine', { ...wish, role })).rejects.toEqual(
        coded('PERMISSION_DENIED'),
      )
    // One that lets nobody in by a domain gives nothing.
    await expect(providers.set(limited, 'mine', { ...wish, domains: [] })).resolves.toBeDefined()
  })

  it('is for who looks after users, and ends what was offered', async () => {
    const { providers, access, actor, identities } = await withProvider()
    const viewer = { ...actor, permissions: new Set<never>() }

    expect(() => providers.list(viewer)).toThrow(coded('PERMISSION_DENIED'))
    await expect(providers.set(viewer, 'corp', SET_UP)).rejects.toEqual(coded('PERMISSION_DENIED'))
    expect(() => providers.remove(viewer, 'corp')).toThrow(coded('PERMISSION_DENIED'))
    expect(providers.offered().map(({ name }) => name)).toEqual(['corp'])
    providers.remove(access.rootActor(), 'corp')

    expect(providers.offered()).toEqual([])
    await expect(identities.begin('corp')).rejects.toEqual(coded('IDENTITY_PROVIDER_NOT_FOUND'))
  })
})
