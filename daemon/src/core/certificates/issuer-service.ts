import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { AddIssuer, ChangeIssuer, Issuer, IssuerList } from '@vastrox/shared/certificate.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { AuthorityError } from '#ports/certificate-authority.ts'
import type { Clock } from '#ports/clock.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { CertificateOrderStore } from '#store/certificate-order-store.ts'
import type { Transact } from '#store/database.ts'
import type { IssuerRecord, IssuerStore } from '#store/issuer-store.ts'
import { bindingContext, type IssuerAccounts } from './issuer-accounts.ts'
import { newIssuer } from './issuer-defaults.ts'
import { KNOWN_ISSUERS } from './known-issuers.ts'

interface Deps {
  issuers: IssuerStore
  orders: CertificateOrderStore
  accounts: IssuerAccounts
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  /** There is something new to order from. */
  onChange: () => void
}

/** Looking at a directory, and at an account that its CA may refuse. */
const TRY_MS = 30_000

/** The CAs that certificates are ordered from, in their order. */
export function createIssuerService(deps: Deps) {
  const { issuers, orders, accounts, secretBox, audit, clock, transact } = deps

  function find(name: string): IssuerRecord {
    const found = issuers.findForPlatform(name)
    if (!found) throw new CodedError('ISSUER_NOT_FOUND', { name })
    return found
  }

  function note(actor: Actor, verb: string, target: string, details = {}): void {
    audit.append({ actor, action: `issuer.${verb}`, target, details })
  }

  const nextPosition = (): number =>
    Math.max(0, ...issuers.listForPlatform().map(({ position }) => position + 1))

  return {
    list(actor: Actor): IssuerList {
      mustBeAble(actor, 'node.read')
      return {
        issuers: issuers.listForPlatform().map(toIssuer),
        known: KNOWN_ISSUERS.map(({ id, title, directoryUrl, needsBinding, bindingHint }) => ({
          name: id,
          title,
          directoryUrl,
          needsBinding,
          bindingHint,
        })),
      }
    },

    /** Looks at the directory, makes the account there, and asks it from then on after the others. */
    async add(actor: Actor, wish: AddIssuer): Promise<Issuer> {
      mustBeAble(actor, 'node.change')
      if (issuers.findForPlatform(wish.name))
        throw new CodedError('ISSUER_NAME_TAKEN', { name: wish.name })
      const known = KNOWN_ISSUERS.find(({ id }) => id === wish.name)
      const directoryUrl = wish.directoryUrl ?? known?.directoryUrl
      if (directoryUrl === undefined)
        throw new CodedError('ISSUER_NOT_FOUND', {
          name: wish.name,
          reason: `${wish.name} is no CA that is known here: give the address of its directory.`,
        })
      const { bindingKeyId, bindingHmacKey } = wish
      const record: IssuerRecord = {
        ...newIssuer(wish.name, {
          teamId: actor.teamId,
          email: wish.email ?? null,
          createdAt: clock.now().toISOString(),
        }),
        title: known?.title ?? new URL(directoryUrl).host,
        directoryUrl,
        caPem: wish.caPem ?? null,
        bindingKeyId: bindingKeyId ?? null,
        bindingSealed:
          bindingHmacKey === undefined
            ? null
            : secretBox.seal(bindingHmacKey, bindingContext(wish.name)),
        profile: wish.profile ?? null,
        preferredChain: wish.preferredChain ?? null,
        position: nextPosition(),
        // Nothing is ordered from it before it has taken our account.
        isEnabled: false,
      }
      const signal = AbortSignal.timeout(TRY_MS)
      await asWords(async () => {
        const { needsBinding } = await (await accounts.authorityOf(record)).directory(signal)
        if (needsBinding && (bindingKeyId === undefined || bindingHmacKey === undefined))
          throw new CodedError(
            'ISSUER_BINDING_MISSING',
            known?.bindingHint ? { reason: known.bindingHint } : {},
          )
      })
      issuers.saveForPlatform(record)
      try {
        await asWords(() => accounts.accountOf(record.id, signal))
      } catch (error) {
        issuers.removeForPlatform(record.id)
        throw error
      }
      transact(() => {
        issuers.saveForPlatform({ ...find(record.id), isEnabled: true })
        note(actor, 'add', record.id, { directoryUrl })
      })
      deps.onChange()
      return toIssuer(find(record.id))
    },

    /** Asks the CA for its directory and for our account there; what it answers is told as it said it. */
    async test(actor: Actor, name: string): Promise<Issuer> {
      mustBeAble(actor, 'node.change')
      const record = find(name)
      const signal = AbortSignal.timeout(TRY_MS)
      await asWords(async () => {
        await (await accounts.authorityOf(record)).directory(signal)
        await accounts.accountOf(record.id, signal)
      })
      return toIssuer(find(name))
    },

    change(actor: Actor, name: string, wish: ChangeIssuer): Issuer {
      mustBeAble(actor, 'node.change')
      const before = find(name)
      const after: IssuerRecord = {
        ...before,
        isEnabled: wish.isEnabled ?? before.isEnabled,
        position: wish.position ?? before.position,
        email: wish.email === undefined ? before.email : wish.email,
        profile: wish.profile === undefined ? before.profile : wish.profile,
        preferredChain:
          wish.preferredChain === undefined ? before.preferredChain : wish.preferredChain,
      }
      transact(() => {
        issuers.saveForPlatform(after)
        note(actor, 'change', name, { ...wish })
      })
      deps.onChange()
      return toIssuer(after)
    },

    /** Nothing more is ordered from it; what it gave stays and is renewed elsewhere. */
    remove(actor: Actor, name: string): void {
      mustBeAble(actor, 'node.change')
      find(name)
      transact(() => {
        orders.removeAtForPlatform(name)
        issuers.removeForPlatform(name)
        note(actor, 'remove', name)
      })
      deps.onChange()
    },
  }
}
export type IssuerService = ReturnType<typeof createIssuerService>

/** What the CA answers is told as it said it. */
async function asWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AuthorityError)) throw error
    throw new CodedError(
      'ISSUER_UNREACHABLE',
      { reason: error.message, type: error.problem?.type },
      { cause: error },
    )
  }
}

const toIssuer = (record: IssuerRecord): Issuer => ({
  name: record.id,
  title: record.title,
  directoryUrl: record.directoryUrl,
  position: record.position,
  isEnabled: record.isEnabled,
  stagesFor: record.stagesFor,
  email: record.email,
  hasBinding: record.bindingKeyId !== null,
  profile: record.profile,
  preferredChain: record.preferredChain,
  restUntil: record.restUntil,
})
