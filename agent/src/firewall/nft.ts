import { existsSync } from 'node:fs'
import { CodedError } from '@vastrox/shared/errors.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'

const NFT = '/usr/sbin/nft'
const TIMEOUT_MS = 30_000
const Listing = z.object({ nftables: z.array(z.record(z.string(), z.unknown())) })
export type Listing = z.infer<typeof Listing>['nftables']

/** Throws FIREWALL_UNAVAILABLE without nftables, FIREWALL_REFUSED with what it says. */
async function nft(args: readonly string[], input?: string): Promise<string> {
  if (!existsSync(NFT))
    throw new CodedError('FIREWALL_UNAVAILABLE', { reason: 'nftables is not installed.' })
  const result = await run(NFT, args, {
    timeoutMs: TIMEOUT_MS,
    ...(input === undefined ? {} : { input }),
  })
  if (result.exitCode === 0) return result.stdout.toString()
  const said = result.stderr.trim()
  if (/not supported|Protocol error|cache initialization failed/i.test(said))
    throw new CodedError('FIREWALL_UNAVAILABLE', {
      reason: `The kernel has no nftables for us: ${firstLine(said)}`,
    })
  throw new CodedError('FIREWALL_REFUSED', {
    reason: firstLine(said),
    output: said.slice(0, 4_000),
  })
}

/** Changes nothing; throws FIREWALL_REFUSED for a text that would not be taken. */
export async function checkRuleset(text: string): Promise<void> {
  await nft(['-c', '-f', '-'], text)
}

/** One transaction: all of it or nothing. */
export async function loadRuleset(text: string): Promise<void> {
  await nft(['-f', '-'], text)
}

export async function hasTable(table: string): Promise<boolean> {
  const { nftables } = Listing.parse(JSON.parse(await nft(['-j', 'list', 'tables'])))
  return tablesIn(nftables).includes(`inet ${table}`)
}

/** Every table of this network namespace, as `inet name`. */
export async function listTables(): Promise<string[]> {
  const { nftables } = Listing.parse(JSON.parse(await nft(['-j', 'list', 'tables'])))
  return tablesIn(nftables)
}

/** One chain or set, with its counters; empty when it is not there. */
export async function listObject(
  kind: 'chain' | 'set',
  table: string,
  name: string,
): Promise<Listing> {
  try {
    return Listing.parse(JSON.parse(await nft(['-j', 'list', kind, 'inet', table, name]))).nftables
  } catch (error) {
    if (error instanceof CodedError && error.code === 'FIREWALL_REFUSED') return []
    throw error
  }
}

export const deleteTable = (table: string): Promise<void> =>
  loadRuleset(`add table inet ${table}\ndelete table inet ${table}\n`)

const Table = z.object({ family: z.string(), name: z.string() })
const tablesIn = (listing: Listing): string[] =>
  listing.flatMap(({ table }) => {
    const parsed = Table.safeParse(table)
    return parsed.success ? [`${parsed.data.family} ${parsed.data.name}`] : []
  })

const firstLine = (text: string): string => text.split('\n')[0]?.trim() ?? ''
