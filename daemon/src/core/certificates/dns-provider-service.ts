import { createHash, randomBytes } from 'node:crypto'
import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type {
  AddDnsProvider,
  DnsProviderInfo,
  DnsProviderList,
} from '@vastrox/shared/certificate.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { DnsHands, DnsProvider, DnsProviderKind } from '#ports/dns-provider.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { StoredChallenge } from '#store/certificate-order-store.ts'
import type { Transact } from '#store/database.ts'
import type { DnsProviderRecord, DnsProviderStore } from '#store/dns-provider-store.ts'

interface Deps {
  dnsProviders: DnsProviderStore
  kinds: readonly DnsProviderKind[]
  hands: DnsHands
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
  /** Names in the zone can be proven from now on. */
  onChange: () => void
}

const TEST_MS = 60_000
const THERE_MS = 60_000
const LOOK_EVERY_MS = 250
const PREFIX = '_acme-challenge.'

/** Who makes the TXT records of DNS-01: by zone, the longest that fits a name. */
export function createDnsProviderService(deps: Deps) {
  const { dnsProviders, kinds, hands, secretBox, audit, clock, transact } = deps

  function kindOf(type: string): DnsProviderKind {
    const kind = kinds.find((each) => each.type === type)
    if (!kind)
      throw new CodedError('DNS_PROVIDER_NOT_FOUND', {
        reason: `There is no provider called ${type}: use one of ${kinds.map((each) => each.type).join(', ')}.`,
      })
    return kind
  }

  const find = (zone: string): DnsProviderRecord => {
    const record = dnsProviders.findForPlatform(zoneOf(zone))
    if (!record) throw new CodedError('DNS_PROVIDER_NOT_FOUND', { zone })
    return record
  }

  function open(record: DnsProviderRecord): DnsProvider {
    const settings: unknown = JSON.parse(
      secretBox.open(record.settingsSealed, contextOf(record.id)),
    )
    return kindOf(record.type).open(settings, record.zone, hands)
  }

  function providerFor(name: string): DnsProviderRecord | undefined {
    return dnsProviders
      .listForPlatform()
      .filter(({ zone }) => name === zone || name.endsWith(`.${zone}`))
      .toSorted((one, other) => other.zone.length - one.zone.length)[0]
  }

  function toInfo(record: DnsProviderRecord): DnsProviderInfo {
    const kind = kindOf(record.type)
    const settings = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(secretBox.open(record.settingsSealed, contextOf(record.id))))
    return {
      zone: record.zone,
      type: record.type,
      title: kind.title,
      settings: Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [
          name,
          kind.secrets.includes(name) ? '[redacted]' : String(value),
        ]),
      ),
      createdAt: record.createdAt,
    }
  }

  /** Resolves once the zone's own server has it, and others have had time to. */
  async function present(
    provider: DnsProvider,
    name: string,
    value: string,
    signal: AbortSignal,
  ): Promise<void> {
    await provider.add(name, value, signal)
    const begunAt = clock.elapsedMs()
    for (;;) {
      const isThere = await provider.isThere(name, value, signal)
      if (isThere !== false) break
      if (clock.elapsedMs() - begunAt > THERE_MS)
        throw new CodedError('DNS_PROVIDER_FAILED', {
          reason: `The record of ${name} was taken, but the server does not show it.`,
        })
      await clock.sleep(LOOK_EVERY_MS, signal)
    }
    if (provider.waitMs > 0) await clock.sleep(provider.waitMs, signal)
  }

  const each = (challenges: readonly StoredChallenge[]) =>
    challenges
      .filter(({ type }) => type === 'dns-01')
      .map(({ name, keyAuthorization }) => ({
        name: `${PREFIX}${name}`,
        value: createHash('sha256').update(keyAuthorization).digest('base64url'),
        record: providerFor(name),
      }))

  return {
    /** Whether names in its zone can be proven by DNS. */
    covers: (name: string): boolean => providerFor(name.replace(/^\*\./, '')) !== undefined,

    /** Makes the records of these proofs. */
    async show(challenges: readonly StoredChallenge[], signal: AbortSignal): Promise<void> {
      await Promise.all(
        each(challenges).map(({ name, value, record }) => {
          if (!record) throw new CodedError('DNS_PROVIDER_NOT_FOUND', { name })
          return present(open(record), name, value, signal)
        }),
      )
    },

    /** Removes them again. */
    async hide(challenges: readonly StoredChallenge[]): Promise<void> {
      const signal = AbortSignal.timeout(TEST_MS)
      await Promise.all(
        each(challenges).map(async ({ name, value, record }) => {
          if (record) await open(record).remove(name, value, signal)
        }),
      )
    },

    list(actor: Actor): DnsProviderList {
      mustBeAble(actor, 'node.read')
      return {
        providers: dnsProviders.listForPlatform().map(toInfo),
        kinds: kinds.map(({ type, title, settings, secrets }) => ({
          type,
          title,
          neverShown: [...secrets],
          settings: z.toJSONSchema(settings, { io: 'input' }),
        })),
      }
    },

    /** Makes a record in the zone and removes it again, before it is relied upon. */
    async add(actor: Actor, wish: AddDnsProvider): Promise<DnsProviderInfo> {
      mustBeAble(actor, 'node.change')
      const zone = zoneOf(wish.zone)
      const kind = kindOf(wish.type)
      const read = kind.settings.safeParse(wish.settings)
      if (!read.success)
        throw new CodedError('REQUEST_INVALID', {
          reason: `${read.error.issues[0]?.path.join('.') ?? 'settings'}: ${read.error.issues[0]?.message ?? 'not right'}`,
        })
      await tryOut(kind.open(read.data, zone, hands), zone)
      const id = deps.newId()
      const record: DnsProviderRecord = {
        id,
        teamId: actor.teamId,
        type: wish.type,
        zone,
        settingsSealed: secretBox.seal(JSON.stringify(read.data), contextOf(id)),
        createdAt: clock.now().toISOString(),
      }
      transact(() => {
        dnsProviders.removeForPlatform(zone)
        dnsProviders.insertForPlatform(record)
        const details = { type: wish.type }
        audit.append({ actor, action: 'dns-provider.add', target: zone, details })
      })
      deps.onChange()
      return toInfo(record)
    },

    async test(actor: Actor, zone: string): Promise<DnsProviderInfo> {
      mustBeAble(actor, 'node.change')
      const record = find(zone)
      await tryOut(open(record), record.zone)
      return toInfo(record)
    },

    remove(actor: Actor, zone: string): void {
      mustBeAble(actor, 'node.change')
      const record = find(zone)
      transact(() => {
        dnsProviders.removeForPlatform(record.zone)
        audit.append({ actor, action: 'dns-provider.remove', target: record.zone })
      })
    },
  }

  async function tryOut(provider: DnsProvider, zone: string): Promise<void> {
    const signal = AbortSignal.timeout(TEST_MS)
    const name = `${PREFIX}vastrox-test.${zone}`
    const value = randomBytes(16).toString('base64url')
    await provider.add(name, value, signal)
    const isThere = await provider.isThere(name, value, signal)
    await provider.remove(name, value, signal)
    if (isThere === false)
      throw new CodedError('DNS_PROVIDER_FAILED', {
        reason: `The server has taken a record for ${zone}, but does not show it.`,
      })
  }
}
export type DnsProviderService = ReturnType<typeof createDnsProviderService>

const contextOf = (id: string): string => `dns_providers|${id}|settings_sealed`
const zoneOf = (text: string): string => text.toLowerCase().replace(/\.$/, '')
