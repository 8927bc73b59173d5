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
  await mkdir(folders.aside, { recursive: true, mode: 0o700 })
  await writeStep(folders, { step: 'out', fresh })
  await moveAll(folders.tree, folders.aside)
  await writeStep(folders, { step: 'in', fresh })
  await moveAll(fresh, folders.tree)
  await rm(folders.record, { force: true })
  await rm(folders.aside, { recursive: true, force: true })
}

/** Gives true where there was something to finish. */
export async function finishSwap(folders: Folders): Promise<boolean> {
  const text = await readFile(folders.record, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return false
  const { step, fresh } = Step.parse(JSON.parse(text))
  if (step === 'out') await moveAll(folders.aside, folders.tree)
  else await moveAll(fresh, folders.tree)
  await rm(folders.record, { force: true })
  await rm(folders.aside, { recursive: true, force: true })
  return true
}

const writeStep = ({ record }: Folders, step: z.infer<typeof Step>): Promise<void> =>
  writeAtomically(record, JSON.stringify(step))

async function moveAll(from: string, to: string): Promise<void> {
  const names = await readdir(from, { encoding: 'buffer' }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
  for (const name of names) await rename(below(from, name), below(to, name))
}

/** Names of other processes need not be UTF-8. */
const below = (folder: string, name: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${join(folder)}/`), name])
