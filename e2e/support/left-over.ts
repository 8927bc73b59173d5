import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { docker } from '#support/engine.ts'
import type { Installation } from '#support/installation.ts'

const Network = z.object({ Name: z.string(), Labels: z.record(z.string(), z.string()).nullable() })
const Container = z.object({
  Name: z.string(),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string() })),
  }),
})
/** A file of the agent's address book, see agent/src/networks/address-plan.ts. */
const Book = z.object({
  appId: z.string(),
  subnet: z.string(),
  taken: z.record(z.string(), z.string()),
})

/**
 * What is kept for one app on this machine, asked of the engine, the files and the kernel, never of
 * the daemon: containers with their addresses, networks, the addresses that the agent keeps, locks.
 */
export async function holdingsOf(vastrox: Installation, app: string, appId: string) {
  const label = `label=vastrox.instance=${vastrox.config.instance}`
  const ids = await docker('ps', '-aq', '--filter', label, '--filter', `label=vastrox.app=${appId}`)
  const containers = await inspect(Container, lines(ids))
  const networks = await inspect(
    Network,
    lines(await docker('network', 'ls', '-q', '--filter', label)),
    'network',
  )
  const book = Book.parse(
    JSON.parse(readFileSync(join(vastrox.paths.agent, 'networks', `${appId}.json`), 'utf8')),
  )
  return {
    app,
    /** Address → name, as the engine has it. */
    containers: Object.fromEntries(
      containers.flatMap(({ Name, NetworkSettings }) =>
        Object.values(NetworkSettings.Networks).map(({ IPAddress }) => [
          IPAddress,
          Name.replace(/^\//, ''),
        ]),
      ),
    ),
    /** The same, as the agent has it on disk. */
    addresses: book.taken,
    networks: networks.filter(({ Labels }) => Labels?.['vastrox.app'] === appId).map(byName),
    /** Of the whole installation. */
    allNetworks: networks.map(byName).toSorted(),
    locks: [...gitLocksIn(vastrox.paths.repositories), ...strangeHolders(vastrox)],
  }
}

/** What git leaves behind when it is killed: lock files, and objects in quarantine. */
function gitLocksIn(repositories: string): string[] {
  return readdirSync(repositories, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.lock$|(^|\/)(tmp_objdir-)?incoming-|(^|\/)tmp_obj_/.test(path),
  )
}

/** Locks on the daemon's lock file that another process than the daemon of now has. */
function strangeHolders(vastrox: Installation): string[] {
  const path = join(vastrox.paths.daemon, 'daemon.lock')
  const inode = statSync(path).ino
  const holders = readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .map((line) => line.split(/\s+/))
    .filter((fields) => fields[5]?.split(':')[2] === String(inode))
    .map((fields) => Number(fields[4]))
  const pids = new Set(holders)
  return pids.size === 1 ? [] : [`${path} is locked by ${pids.size} processes`]
}

async function inspect<Schema extends z.ZodType>(
  schema: Schema,
  ids: string[],
  ...kind: string[]
): Promise<z.infer<Schema>[]> {
  if (ids.length === 0) return []
  return z.array(schema).parse(JSON.parse(await docker(...kind, 'inspect', ...ids)))
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')
const byName = ({ Name }: { Name: string }): string => Name
