import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { covers } from '#core/certificates/names.ts'
import type { PublicSuffixes } from '#ports/public-suffixes.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { DomainRecord, DomainStore } from '#store/domain-store.ts'

interface Deps {
  domains: DomainStore
  suffixes: PublicSuffixes
  baseDomain: () => string
  /** Names of the dashboard and of base domains, those from before included. */
  own: () => readonly string[]
}

export interface ClaimReading {
  registrable: string
  /** Of this team too. */
  holder: DomainRecord | undefined
  /** Of apps in the trash: whoever claims the name has it. */
  leftBehind: readonly DomainRecord[]
  /** Somebody else here has it, or a name beside, above or beneath it; or it is a star over our own. */
  needsProof: boolean
}

const MAX_DOMAINS_PER_APP = 100

/** Which names an app may claim, and on which terms. */
export function createClaimRules({ domains, suffixes, baseDomain, own }: Deps) {
  /** A star that answers where people look for the dashboard is for whoever has the zone, and no other. */
  const coversOurs = (host: string): boolean => own().some((name) => covers([host], name))

  return {
    /** The part that can be bought. Throws DOMAIN_RESERVED or DOMAIN_IS_SUFFIX. */
    async registrableOf(host: string): Promise<string> {
      const name = host.replace(/^\*\./, '')
      if (own().some((each) => name === each || name.endsWith(`.${each}`)))
        throw new CodedError('DOMAIN_RESERVED', {
          host,
          reason: `${name} belongs to Vastrox itself: apps have names under ${baseDomain()} by their own name.`,
        })
      const { suffix, registrable } = await suffixes.read(name)
      if (registrable === null)
        throw new CodedError('DOMAIN_IS_SUFFIX', {
          host,
          reason: `${suffix} is where names are registered, and nobody’s own.`,
        })
      return registrable
    },

    /**
     * Who else has it. Throws DOMAIN_TAKEN where another app of the team has it, and where another
     * team has it unless its proof is offered; says nothing of whose it is.
     */
    read(
      actor: Actor,
      app: AppRecord,
      { host, registrable, prove }: { host: string; registrable: string; prove: boolean },
    ): ClaimReading {
      const near = domains.listBeneathForPlatform(registrable)
      const leftBehind = near.filter((each) => each.host === host && each.isAppGone)
      const there = near.filter((each) => !each.isAppGone)
      const mine = there.find((each) => each.host === host && each.appId === app.id)
      if (mine) throw new CodedError('DOMAIN_TAKEN', { host, reason: 'The app has it already.' })
      const holder = there.find((each) => each.host === host && each.servedSince !== null)
      if (holder && holder.teamId === actor.teamId)
        throw new CodedError('DOMAIN_TAKEN', {
          host,
          reason: 'Another app of your team has it: move it with domains:move.',
        })
      if (holder && !prove) throw new CodedError('DOMAIN_TAKEN', { host })
      const strangers = there.filter(
        (each) =>
          each.teamId !== actor.teamId && each.servedSince !== null && isNear(each.host, host),
      )
      const needsProof = strangers.length > 0 || coversOurs(host)
      return { registrable, holder, leftBehind, needsProof }
    },

    mustHaveRoom(own: readonly DomainRecord[]): void {
      if (own.length >= MAX_DOMAINS_PER_APP)
        throw new CodedError('REQUEST_INVALID', {
          reason: `An app has at most ${MAX_DOMAINS_PER_APP} domains.`,
        })
    },
  }
}
export type ClaimRules = ReturnType<typeof createClaimRules>

/** The same name, one above the other, or one that a star covers. */
function isNear(one: string, other: string): boolean {
  const [a, b] = [one.replace(/^\*\./, ''), other.replace(/^\*\./, '')]
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`)
}
