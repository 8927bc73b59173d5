import { CodedError } from '@vastrox/shared/errors.ts'
import type { DomainRecord } from '#store/domain-store.ts'

const refuse = (reason: string | undefined): void => {
  if (reason !== undefined) throw new CodedError('DOMAIN_REDIRECT_INVALID', { reason })
}

/** Throws DOMAIN_REDIRECT_INVALID unless visitors of `from` may be sent on to it. */
export function mustBeTarget(own: readonly DomainRecord[], target: string, from: string): void {
  const found = own.find(({ host }) => host === target)
  refuse(found ? whyNoTarget(found, from) : `${target} is not a domain of the app.`)
}

/** Throws DOMAIN_REDIRECT_INVALID where another one redirects to it. */
export function mustNotBeTarget(own: readonly DomainRecord[], host: string): void {
  const from = own.find(({ redirectTo }) => redirectTo === host)
  refuse(from && `${from.host} redirects to ${host}: one redirect must not lead to another.`)
}

/** Throws DOMAIN_REDIRECT_INVALID where it cannot be the address of its app. */
export function mustBeFitForPrimary({ host, redirectTo, servedSince }: DomainRecord): void {
  if (host.startsWith('*.')) refuse('A star is no address that one can open.')
  if (redirectTo !== null) refuse(`It redirects to ${redirectTo}.`)
  if (servedSince === null) refuse('It is not proven yet.')
}

function whyNoTarget(target: DomainRecord, from: string): string | undefined {
  if (target.host === from) return 'A domain cannot redirect to itself.'
  if (target.host.startsWith('*.')) return 'A redirect needs one name to lead to, not a star.'
  if (target.redirectTo !== null) return `${target.host} redirects itself.`
  return target.servedSince === null ? `${target.host} is not proven yet.` : undefined
}
