import type { CommandOrigin } from '@vastrox/shared/command-origin.ts'
import { isOfThisMachine } from '#lib/address-list.ts'
import type { FirewallChangeRecord } from '#store/firewall-store.ts'

/**
 * Why a confirmation from there does not count; undefined where it does. What was connected before
 * the change proves nothing, as established connections pass every ruleset; nor does the machine
 * itself, where the change was asked for from elsewhere.
 */
export function whyNotNew(
  origin: CommandOrigin,
  { appliedAt, actorAddress }: Pick<FirewallChangeRecord, 'appliedAt' | 'actorAddress'>,
): string | undefined {
  if (appliedAt === null) return 'The change is not applied yet.'
  if (origin.kind === 'console') return undefined
  if (origin.kind === 'unknown') return 'When this connection was made cannot be told.'
  if (Date.parse(origin.begunAt) <= Date.parse(appliedAt))
    return 'This connection is older than the change, so it proves nothing.'
  return isFromHere(origin.address) && !isFromHere(actorAddress)
    ? 'A connection from the server to itself passes every firewall, so it proves nothing.'
    : undefined
}

const isFromHere = (address: string | null): boolean => address !== null && isOfThisMachine(address)
