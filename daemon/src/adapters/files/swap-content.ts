import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'
import { codeOf } from './explain-file-error.ts'

const Step = z.object({
  /** `out`: the old content is being put aside; `in`: the new one takes its place. */
  step: z.enum(['out', 'in']),
  fresh: z.string(),
})

const IN_THE_WAY = new Set(['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EISDIR'])
/** A client may make it again at once. */
const MAX_TRIES = 20

interface Folders {
  tree: string
  /** Where the old content goes until it is removed. */
  aside: string
  /** Which step has begun, for the next start. */
  record: string
}

/**
 * Puts the content of a directory in the place of that of the tree. The tree's own directory stays
 * the same one: a process that is confined to it goes on seeing what is there. A crash on the way
 * is undone, or finished, by finishSwap.
 */
export async function swapContent(folders: Folders, fresh: string): Promise<void> {
  // One before this that failed in the middle.
  await finishSwap(folders)
  // What a crash right after a swap has left: in the way of what is put there now.
  await rm(folders.aside, { recursive: true, force: true })
  await mkdir(folders.aside, { mode: 0o700 })
  await writeStep(folders, { step: 'out', fresh })
  try {
    await moveAll(folders.tree, folders.aside, folders)
    await writeStep(folders, { step: 'in', fresh })
  } catch (error) {
    await finishSwap(folders)
    throw error
  }
  await finishSwap(folders)
}

/** Gives true where there was something to finish. */
export async function finishSwap(folders: Folders): Promise<boolean> {
  const text = await readFile(folders.record, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return false
  const { step, fresh } = Step.parse(JSON.parse(text))
  await moveAll(step === 'out' ? folders.aside : fresh, folders.tree, folders)
  await rm(folders.record, { force: true })
  await rm(folders.aside, { recursive: true, force: true })
  return true
}

const writeStep = ({ record }: Folders, step: z.infer<typeof Step>): Promise<void> =>
  writeAtomically(record, JSON.stringify(step))

/**
 * What stands where something goes is put aside as well: a client has made it in between, and its
 * upload has lost against this one.
 */
async function moveAll(from: string, to: string, folders: Folders): Promise<void> {
  const names = await readdir(from, { encoding: 'buffer' }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
  for (const name of names) {
    const [source, target] = [below(from, name), below(to, name)]
    for (let tries = 0; ; tries += 1)
      try {
        await rename(source, target)
        break
      } catch (error) {
        if (tries >= MAX_TRIES || !IN_THE_WAY.has(codeOf(error) ?? '')) throw error
        await putAside(target, folders)
      }
  }
}

async function putAside(at: Buffer, { aside }: Folders): Promise<void> {
  const name = Buffer.from(`between-${randomUUID()}`)
  await mkdir(aside, { recursive: true, mode: 0o700 })
  await rename(at, below(aside, name)).catch((error: unknown) => {
    // Taken away by whoever has made it.
    if (codeOf(error) !== 'ENOENT') throw error
  })
}

/** Names of other processes need not be UTF-8. */
const below = (folder: string, name: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${join(folder)}/`), name])
