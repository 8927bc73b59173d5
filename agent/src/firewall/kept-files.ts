import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Ban } from '@vastrox/shared/agent-api-firewall.ts'
import { FirewallState } from '@vastrox/shared/firewall-rule.ts'
import { syncDirectory, writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'
import { Facts } from '#agent/firewall/facts.ts'
import { LoadedException } from '#agent/firewall/loaded-exception.ts'
import { LoadedPort } from '#agent/firewall/loaded-port.ts'

/** A state that was applied; `pending-<generation>.json` and `confirmed.json` are of this shape. */
export const Kept = z.object({
  generation: z.int(),
  state: FirewallState,
  facts: Facts,
  appliedAt: z.iso.datetime(),
  /** When it comes back by itself; null: it never waited. */
  until: z.iso.datetime().nullable(),
  confirmWithinMs: z.int(),
  /** One start of the machine's kernel, and the network namespace that it was loaded into. */
  boot: z.string(),
  namespace: z.string(),
})
export type Kept = z.infer<typeof Kept>

const Reverted = z.object({
  generation: z.int(),
  at: z.iso.datetime(),
  because: z.enum(['not-confirmed', 'asked-for', 'reboot']),
})
export type Reverted = z.infer<typeof Reverted>

const Bans = z.array(Ban)
const Ports = z.array(LoadedPort)
const Exceptions = z.array(LoadedException)

/**
 * `<data>/agent/firewall`. A waiting change is one file, and moving it away decides what becomes of it:
 * to `confirmed.json` or out of the way. Of two that try at the same time one finds it gone.
 */
export function openKeptFiles(directory: string) {
  const path = (name: string): string => join(directory, name)

  const read = async <Schema extends z.ZodType>(
    name: string,
    schema: Schema,
  ): Promise<z.output<Schema> | undefined> => {
    const text = await readFile(path(name), 'utf8').catch(ifMissing)
    return text === undefined ? undefined : schema.parse(JSON.parse(text))
  }
  const write = async (name: string, value: unknown): Promise<void> => {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await writeAtomically(path(name), JSON.stringify(value))
  }
  /** False when somebody else was faster. */
  const move = async (from: string, to: string): Promise<boolean> => {
    try {
      await rename(path(from), path(to))
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
    await syncDirectory(directory)
    return true
  }

  /** Generations that wait, newest first; a crash can leave an older one beside it. */
  const waiting = async (): Promise<number[]> => {
    const names = (await readdir(directory).catch(ifMissing)) ?? []
    return names
      .flatMap((name) => /^pending-(\d+)\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .toSorted((one, other) => other - one)
  }
  const forget = async (isMeant: (generation: number) => boolean): Promise<void> => {
    for (const generation of (await waiting()).filter(isMeant))
      await rm(path(pendingName(generation)), { force: true })
  }

  return {
    directory,
    path,
    confirmed: () => read('confirmed.json', Kept),
    pending: async () => {
      const generation = (await waiting())[0]
      return generation === undefined ? undefined : read(pendingName(generation), Kept)
    },
    reverted: () => read('reverted.json', Reverted),
    bans: async () => (await read('bans.json', Bans)) ?? [],
    /** Of apps: they change with deployments, and so count whichever change of the firewall does. */
    ports: async () => (await read('ports.json', Ports)) ?? [],
    writePorts: (ports: readonly LoadedPort[]) => write('ports.json', ports),
    exceptions: async () => (await read('exceptions.json', Exceptions)) ?? [],
    writeExceptions: (exceptions: readonly LoadedException[]) =>
      write('exceptions.json', exceptions),
    writeConfirmed: (kept: Kept) => write('confirmed.json', kept),
    /** The text of what is confirmed, for an agent that cannot read its state: an older version, say. */
    confirmedText: () => readFile(path('confirmed.nft'), 'utf8').catch(ifMissing),
    writeConfirmedText: (text: string) => writeAtomically(path('confirmed.nft'), text),
    /** Takes the place of what waited before. */
    async writePending(kept: Kept): Promise<void> {
      await write(pendingName(kept.generation), kept)
      await forget((generation) => generation < kept.generation)
    },
    writeBans: (bans: readonly Ban[]) => write('bans.json', bans),
    /** False: it does not wait any more. */
    confirm: (generation: number) => move(pendingName(generation), 'confirmed.json'),

    /** The waiting change is given up. False: it was confirmed, or given up, by somebody else. */
    async takeBack({ generation, at, because }: Reverted): Promise<boolean> {
      if (!(await move(pendingName(generation), 'given-up.json'))) return false
      try {
        await write('reverted.json', { generation, at, because })
      } catch {
        // A disk that is full: the note is lost, and the rules before come back all the same.
      }
      await rm(path('given-up.json'), { force: true })
      return true
    },
    forgetPending: () => forget(() => true),
  }
}
export type KeptFiles = ReturnType<typeof openKeptFiles>

const pendingName = (generation: number): string => `pending-${generation}.json`

/** Changes with every start of the kernel. */
export const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

export const networkNamespace = (pid: number | 'self' = 'self'): string =>
  readlinkSync(`/proc/${pid}/ns/net`)

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

function ifMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined
  throw error
}
