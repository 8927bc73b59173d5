import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { createStagingTrees } from '#adapters/files/staging-trees.ts'
import type { FileTree, OpenFlags } from '#ports/file-tree.ts'
import { tarOf } from '#test/fakes/sources.ts'

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-uploads-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }), 60_000)
  return folder
}

export const WRITE: OpenFlags = {
  read: false,
  write: true,
  append: false,
  create: true,
  truncate: true,
  exclusive: false,
}
export const READ: OpenFlags = {
  ...WRITE,
  read: true,
  write: false,
  create: false,
  truncate: false,
}

export async function put(
  tree: FileTree,
  path: string,
  text: string,
  mode?: number,
): Promise<void> {
  const file = await tree.open(path, WRITE, mode)
  await file.write(0, Buffer.from(text))
  await file.close()
}

export async function read(tree: FileTree, path: string): Promise<string> {
  const file = await tree.open(path, READ)
  const bytes = await file.read(0, 65_536)
  await file.close()
  return bytes.toString()
}

export const QUOTA = { bytes: 8 * 2 ** 20, entries: 2_000 }

/** One app's staging tree in a folder of its own. */
export async function stagingTree({ quota = QUOTA, folder = temporaryFolder() } = {}) {
  const staging = createStagingTrees({ folder, quota })
  const tree = await staging.open('app00001')
  const session = tree.session()
  onTestFinished(() => session.end())
  return { folder, staging, tree, root: join(folder, 'app00001', 'tree'), session }
}

export const tarStream = (files: Record<string, string>) => async (): Promise<Readable> =>
  Readable.from([await tarOf(files)])
