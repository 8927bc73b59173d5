import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'

const Hold = z.object({
  cause: z.enum(['allowance', 'low']),
  since: z.iso.datetime(),
  reason: z.string(),
  /** What was in the volumes then: a command that goes on filling them is told by it. */
  bytes: z.number(),
})
export type Hold = z.infer<typeof Hold>

const Content = z.object({
  allowances: z.record(z.string(), z.number()).default({}),
  holds: z.record(z.string(), Hold).default({}),
  /** Containers that this agent has frozen to measure them. */
  frozen: z.array(z.string()).default([]),
})

/**
 * What the agent has to know of disks when it starts: who may take how much, whose volumes are read
 * only, and who was frozen. A file that cannot be read is begun anew: allowances come from the daemon,
 * and what was a cause is one again at the next look.
 */
export async function openDiskBook(path: string) {
  const content = await readFile(path, 'utf8').then(
    (text) => Content.safeParse(safeJson(text)).data ?? Content.parse({}),
    () => Content.parse({}),
  )
  const save = (): Promise<void> => writeAtomically(path, JSON.stringify(content))

  return {
    allowance: (appId: string): number | undefined => content.allowances[appId],
    allowances: (): readonly number[] => Object.values(content.allowances),
    /** False where they were so already. */
    async setAllowances(all: readonly { appId: string; bytes: number }[]): Promise<boolean> {
      const next = Object.fromEntries(all.map(({ appId, bytes }) => [appId, bytes]))
      if (isDeepStrictEqual(next, content.allowances)) return false
      content.allowances = next
      await save()
      return true
    },

    hold: (appId: string): Hold | undefined => content.holds[appId],
    held: (): string[] => Object.keys(content.holds),
    async setHold(appId: string, hold: Hold | undefined): Promise<void> {
      if (hold) content.holds[appId] = hold
      else delete content.holds[appId]
      await save()
    },

    frozen: (): readonly string[] => content.frozen,
    async setFrozen(names: readonly string[]): Promise<void> {
      content.frozen = [...names]
      await save()
    },
  }
}
export type DiskBook = Awaited<ReturnType<typeof openDiskBook>>

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
