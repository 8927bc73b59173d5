import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { LogLine } from '@vastrox/shared/log.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'
import { factsOf } from '#adapters/system/log-segment-facts.ts'
import {
  closedName,
  compress,
  readSegment,
  type SegmentFiles,
} from '#adapters/system/log-segment-files.ts'
import { createSegmentWriter, headText } from '#adapters/system/log-segment-text.ts'

const OldLine = LogLine.extend({ instance: z.string().nullable() })
const OldHead = z.object({ times: z.record(z.string(), z.string()) })
/** So many lines, and then what else the daemon has to do. */
const LINES_A_TURN = 2_000

/**
 * Makes segments of the files of JSON lines that versions before wrote, behind what there is already:
 * a version that was gone back to for a while has written its own meanwhile.
 */
export async function convertOld(folder: string, files: SegmentFiles): Promise<void> {
  const done = new Set(files.closed.flatMap(({ madeFrom }) => madeFrom ?? []))
  let number = Math.max(0, ...[...files.closed, ...files.open].map((file) => file.number))
  let next = await numberBehind(folder, files)
  for (const old of files.old) {
    const path = join(folder, old.name)
    const content = await readFile(path)
    const madeFrom = `${old.number}x${content.length}`
    if (!done.has(madeFrom)) {
      const made = await convert(content, next)
      const facts = factsOf(made)
      if (facts && facts.count > 0) {
        number += 1
        next += facts.count
        const segment = { ...facts, number, lineBytes: made.length, madeFrom }
        await writeAtomically(join(folder, closedName(segment)), await compress(made))
      }
    }
    await rm(path, { force: true })
  }
}

async function numberBehind(folder: string, { closed, open }: SegmentFiles): Promise<number> {
  const last = closed.at(-1)
  let next = last ? last.first + last.count : 1
  for (const { name } of open) {
    const facts = factsOf(await readSegment(folder, name))
    if (facts) next = Math.max(next, facts.first + facts.count)
  }
  return next
}

async function convert(content: Buffer, first: number): Promise<Buffer> {
  const times = new Map<string, string>()
  let write: ReturnType<typeof createSegmentWriter> | undefined
  const parts: string[] = []
  let turn = 0
  for (const text of content.toString().split('\n')) {
    const value = json(text)
    const head = OldHead.safeParse(value)
    if (head.success) for (const [name, at] of Object.entries(head.data.times)) times.set(name, at)
    const line = OldLine.safeParse(value)
    if (!line.success) continue
    const { instance, ...kept } = line.data
    if (!write) {
      const segment = { first, base: kept.at, times: Object.fromEntries(times) }
      parts.push(headText(segment))
      write = createSegmentWriter(segment)
    }
    parts.push(write({ line: kept, instance }))
    turn += 1
    if (turn % LINES_A_TURN === 0) await nextTurn()
  }
  return Buffer.from(parts.join(''))
}

function json(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
