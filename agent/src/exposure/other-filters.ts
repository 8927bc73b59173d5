import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'
import { findOthers } from '#agent/firewall/others.ts'

/** Somebody else's rules. What they say is not worked out: a test shows what they do. */
export interface OtherFilter {
  /** `ufw`, or a table such as `ip filter`. */
  name: string
  /** Ports of processes of this machine, or those that containers publish. */
  concerns: 'host' | 'containers'
  message: string
}

const NFT = '/usr/sbin/nft'
const LEGACY = '/usr/sbin/iptables-legacy'
const TIMEOUT_MS = 10_000
/** Ours, of whichever installation. */
const OF_VASTROX = /^vastrox_[0-9a-f]{6}$/
/** Engines drop here what is sent straight to their containers; nothing that is published. */
const OF_ENGINES = new Set(['raw', 'docker-bridges'])
const ARRIVING = new Set(['input', 'prerouting', 'ingress'])

const Chain = z.object({
  family: z.string(),
  table: z.string(),
  name: z.string(),
  type: z.string().optional(),
  hook: z.string().optional(),
  policy: z.string().optional(),
})
type Chain = z.infer<typeof Chain>
const Listing = z.object({ nftables: z.array(z.record(z.string(), z.unknown())) })

/** Who else decides about what arrives here. An answer that cannot be had is one too. */
export async function findOtherFilters(): Promise<OtherFilter[]> {
  const chains = await listChains()
  const tables = chains.map(({ family, table }) => `${family} ${table}`)
  const { ufw, firewalld } = await findOthers(tables)
  const named: OtherFilter[] = []
  if (ufw === 'active') named.push(programOf('ufw'))
  if (firewalld === 'active') named.push(programOf('firewalld'))
  const found = named.length > 0 ? [] : await filteringTables(chains)
  return [...named, ...found, ...(await dockerUser(chains)), ...(await legacyTables())]
}

const programOf = (name: string): OtherFilter => ({
  name,
  concerns: 'host',
  message: `${name} is active and filters as well: what either of the two closes is closed. Ports that containers publish do not pass by its rules.`,
})

async function filteringTables(chains: readonly Chain[]): Promise<OtherFilter[]> {
  const arriving = chains.filter(
    ({ table, type, hook }) =>
      type === 'filter' &&
      ARRIVING.has(hook ?? '') &&
      !OF_VASTROX.test(table) &&
      !OF_ENGINES.has(table),
  )
  const found: OtherFilter[] = []
  for (const chain of arriving)
    if (chain.policy === 'drop' || (await countRules(chain)) > 0)
      found.push({
        name: `${chain.family} ${chain.table}`,
        concerns: 'host',
        message: `The table "${chain.family} ${chain.table}" of somebody else filters what arrives, too (chain ${chain.name}).`,
      })
  return found
}

/** Where people put rules about published ports. The engine itself puts one line there: go on. */
async function dockerUser(chains: readonly Chain[]): Promise<OtherFilter[]> {
  const found: OtherFilter[] = []
  for (const chain of chains.filter(({ name }) => name === 'DOCKER-USER'))
    if ((await countRules(chain)) > 1)
      found.push({
        name: 'DOCKER-USER',
        concerns: 'containers',
        message: `Somebody has put rules into the chain DOCKER-USER of "${chain.family} ${chain.table}": they decide about ports that containers publish, too.`,
      })
  return found
}

/** Rules of the old kind are in other hooks of the kernel, and nft does not show them. */
async function legacyTables(): Promise<OtherFilter[]> {
  const names = await readFile('/proc/net/ip_tables_names', 'utf8').catch(() => '')
  if (!names.split('\n').includes('filter') || !existsSync(LEGACY)) return []
  const said = await run(LEGACY, ['-S', 'INPUT'], { timeoutMs: TIMEOUT_MS }).catch(() => undefined)
  const lines = said?.stdout.toString().trim().split('\n') ?? []
  if (said?.exitCode === 0 && lines.length <= 1 && lines[0] === '-P INPUT ACCEPT') return []
  return [
    {
      name: 'iptables-legacy',
      concerns: 'host',
      message: 'Rules of the old kind (iptables-legacy) filter what arrives, too.',
    },
  ]
}

async function listChains(): Promise<Chain[]> {
  const listing = await list(['chains'])
  return listing.flatMap(({ chain }) => Chain.safeParse(chain).data ?? [])
}

async function countRules({ family, table, name }: Chain): Promise<number> {
  const listing = await list(['chain', family, table, name])
  return listing.filter(({ rule }) => rule !== undefined).length
}

/** Empty where there is no nftables. */
async function list(what: readonly string[]): Promise<Record<string, unknown>[]> {
  if (!existsSync(NFT)) return []
  const result = await run(NFT, ['-j', 'list', ...what], { timeoutMs: TIMEOUT_MS })
  if (result.exitCode !== 0) return []
  return Listing.parse(JSON.parse(result.stdout.toString())).nftables
}
