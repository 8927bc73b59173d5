import { existsSync } from 'node:fs'
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { basename, join } from 'node:path'
import { syncDirectory } from '@vastrox/shared/node/atomic-file.ts'
import { PROGRAMS, type ProgramLinks } from '#agent/cli/installation.ts'

/**
 * Copies a bundle to /opt/vastrox/<version>-<digest> and the Node that runs this to a directory of
 * its own, shared by versions. Each appears complete or not at all. Returns the version's directory.
 */
export async function copyPrograms(bundleDir: string): Promise<string> {
  await mkdir(PROGRAMS, { recursive: true, mode: 0o755 })
  const node = await copyNode()
  const name = (await readFile(join(bundleDir, 'VERSION'), 'utf8')).trim()
  const target = join(PROGRAMS, name)
  if (existsSync(target)) return target
  await appear(target, async (beside) => {
    await cp(bundleDir, beside, { recursive: true, preserveTimestamps: true })
    await symlink(join(node, 'node'), join(beside, 'node'))
  })
  return target
}

async function copyNode(): Promise<string> {
  const target = join(PROGRAMS, `node-${process.versions.node}-${process.arch}`)
  if (!existsSync(target))
    await appear(target, async (beside) => {
      await mkdir(beside)
      await copyFile(process.execPath, join(beside, 'node'))
      await chmod(join(beside, 'node'), 0o755)
    })
  return target
}

async function appear(target: string, fill: (beside: string) => Promise<void>): Promise<void> {
  const beside = `${target}.${process.pid}.new`
  try {
    await fill(beside)
    await rename(beside, target)
    await syncDirectory(PROGRAMS)
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

/** Makes a version the current one; the one that was, the previous one. */
export async function switchTo(links: ProgramLinks, version: string): Promise<void> {
  const before = await targetOf(links.current)
  if (before === version) return
  if (before !== undefined) await point(links.previous, before)
  await point(links.current, version)
}

/** Where a link leads, undefined when it is not there. */
export const targetOf = (link: string): Promise<string | undefined> =>
  readlink(link).catch(() => undefined)

export async function point(link: string, target: string): Promise<void> {
  const beside = `${link}.${process.pid}.new`
  await rm(beside, { force: true })
  await symlink(target, beside)
  await rename(beside, link)
  await syncDirectory(PROGRAMS)
}

/** Another installation may be copying a version just now that its link does not lead to yet. */
const YOUNG_MS = 600_000

/**
 * Removes what no link of any installation on this machine leads to: `gone` at once, other versions when
 * they have lain there for a while.
 */
export async function prunePrograms(gone: readonly string[] = []): Promise<void> {
  const entries = await readdir(PROGRAMS, { withFileTypes: true }).catch(() => [])
  const links = entries.filter((entry) => entry.isSymbolicLink())
  const kept = new Set<string>()
  for (const link of links) {
    const version = await targetOf(join(PROGRAMS, link.name))
    if (version === undefined) continue
    kept.add(basename(version))
    const node = await targetOf(join(version, 'node'))
    if (node !== undefined) kept.add(basename(join(node, '..')))
  }
  for (const entry of entries)
    if (entry.isDirectory() && !kept.has(entry.name)) {
      const path = join(PROGRAMS, entry.name)
      if (gone.includes(path) || (await isOld(path)))
        await rm(path, { recursive: true, force: true })
    }
  if (links.length === 0) await rm(PROGRAMS, { recursive: true, force: true })
}

/** By when it got its name. One that has gone meanwhile is as old as any. */
async function isOld(directory: string): Promise<boolean> {
  const { ctimeMs } = await stat(directory).catch(() => ({ ctimeMs: 0 }))
  return Date.now() - ctimeMs > YOUNG_MS
}
