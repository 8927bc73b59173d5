import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type {
  OfferedProvider,
  SetSignInProvider,
  SignInProvider,
  SignInProviders,
} from '@vastrox/shared/sign-in.ts'
import type { Standing } from '#core/access/standing.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { IdentityPreset, IdentityProviders, ProviderSetUp } from '#ports/identity-provider.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { Transact } from '#store/database.ts'
import type { IdentityProviderRecord, IdentityStore } from '#store/identity-store.ts'

interface Deps {
  identityStore: IdentityStore
  identityPresets: readonly IdentityPreset[]
  identityProviders: IdentityProviders
  secretBox: SecretBox
  auditLog: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
  dashboardUrl: () => string
  standing: Pick<Standing, 'mustHave'>
}

const MAX_PROVIDERS = 20

/** Which providers people may sign in by, as operators set them up. */
export function createSignInProviders(deps: Deps) {
  const { identityStore, identityPresets, identityProviders, secretBox, auditLog } = deps

  function presetOf(name: string): IdentityPreset {
    const preset = identityPresets.find((each) => each.name === name)
    if (!preset)
      throw new CodedError('IDENTITY_PROVIDER_NOT_FOUND', {
        reason: `There is no preset ${name}: use one of ${identityPresets.map((each) => each.name).join(', ')}.`,
      })
    return preset
  }

  function find(name: string): IdentityProviderRecord {
    const provider = identityStore.findProviderForPlatform(name)
    if (!provider) throw new CodedError('IDENTITY_PROVIDER_NOT_FOUND', { name })
    return provider
  }

  const redirectUrlOf = (name: string): string => `${deps.dashboardUrl()}/sign-in/callback/${name}`

  const setUpOf = (record: IdentityProviderRecord): ProviderSetUp => ({
    preset: presetOf(record.preset),
    issuer: record.issuer,
    clientId: record.clientId,
    clientSecret: secretBox.open(record.secretSealed, contextOf(record.id)),
    redirectUrl: redirectUrlOf(record.name),
  })

  const show = (record: IdentityProviderRecord): SignInProvider => ({
    name: record.name,
    preset: record.preset,
    title: record.title,
    issuer: record.issuer,
    clientId: record.clientId,
    domains: record.domains,
    role: record.role,
    redirectUrl: redirectUrlOf(record.name),
    createdAt: record.createdAt,
  })

  const tryOut = (setUp: ProviderSetUp): Promise<string> =>
    identityProviders.authorizeUrl(setUp, {
      state: 'try',
      nonce: 'try',
      verifier: 'try'.repeat(15),
    })

  return {
    find,
    setUpOf,

    offered: (): OfferedProvider[] =>
      identityStore.listProvidersForPlatform().map(({ name, title, preset }) => ({
        name,
        title,
        preset,
      })),

    list(actor: Actor): SignInProviders {
      mustBeAble(actor, 'node.change')
      return {
        providers: identityStore.listProvidersForPlatform().map(show),
        presets: identityPresets.map(({ name, title, issuer }) => ({ name, title, issuer })),
        redirectUrl: redirectUrlOf('NAME'),
      }
    },

    /**
     * It is asked what it is before it is relied upon. Throws IDENTITY_PROVIDER_FAILED, and
     * PERMISSION_DENIED where it would give whom it lets in more than the actor has.
     */
    async set(actor: Actor, name: string, wish: SetSignInProvider): Promise<SignInProvider> {
      mustBeAble(actor, 'node.change')
      if (wish.domains.length > 0) deps.standing.mustHave(actor, { role: wish.role, grants: [] })
      const preset = presetOf(wish.preset)
      const before = identityStore.findProviderForPlatform(name)
      if (!before && identityStore.listProvidersForPlatform().length >= MAX_PROVIDERS)
        throw new CodedError('IDENTITY_PROVIDERS_FULL')
      const issuer = issuerOf(wish.issuer ?? preset.issuer)
      // A secret is for the provider that it was given for, and for no other.
      const isSame = before?.issuer === issuer && before.clientId === wish.clientId
      const clientSecret =
        wish.clientSecret ?? (before && isSame ? setUpOf(before).clientSecret : undefined)
      if (clientSecret === undefined)
        throw new CodedError('REQUEST_INVALID', { reason: 'Give the client secret too.' })
      const id = before?.id ?? deps.newId()
      const record: IdentityProviderRecord = {
        id,
        teamId: before?.teamId ?? actor.teamId,
        name,
        preset: preset.name,
        title: wish.title ?? preset.title,
        issuer,
        clientId: wish.clientId,
        secretSealed: secretBox.seal(clientSecret, contextOf(id)),
        domains: [...new Set(wish.domains.map((domain) => domain.toLowerCase()))],
        role: wish.role,
        createdAt: before?.createdAt ?? deps.clock.now().toISOString(),
      }
      await tryOut({ ...setUpOf(record), clientSecret })
      deps.transact(() => {
        identityStore.saveProviderForPlatform(record)
        const { domains, role } = record
        const details = { preset: preset.name, issuer, domains, role }
        auditLog.append({ actor, action: 'sign-in-provider.set', target: name, details })
      })
      return show(record)
    },

    /** Throws IDENTITY_PROVIDER_FAILED where it does not say what it is. */
    async test(actor: Actor, name: string): Promise<SignInProvider> {
      mustBeAble(actor, 'node.change')
      const record = find(name)
      await tryOut(setUpOf(record))
      return show(record)
    },

    /** Nobody signs in by it any more; who they are there stays known. */
    remove(actor: Actor, name: string): void {
      mustBeAble(actor, 'node.change')
      deps.transact(() => {
        if (!identityStore.removeProviderForPlatform(name))
          throw new CodedError('IDENTITY_PROVIDER_NOT_FOUND', { name })
        auditLog.append({ actor, action: 'sign-in-provider.remove', target: name })
      })
    },
  }
}
export type SignInProviderService = ReturnType<typeof createSignInProviders>

const contextOf = (id: string): string => `identity_providers|${id}|secret_sealed`

function issuerOf(text: string | null): string {
  const url = text === null ? null : URL.parse(text)
  if (
    !url ||
    url.protocol !== 'https:' ||
    url.username !== '' ||
    url.search !== '' ||
    url.hash !== ''
  )
    throw new CodedError('REQUEST_INVALID', {
      reason: 'The issuer is an https address, such as https://id.example.com/realm.',
    })
  return url.pathname === '/' ? url.origin : `${url.origin}${url.pathname}`
}
