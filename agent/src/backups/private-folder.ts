import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where backups keep what they need of their own: `<data>/agent/backups`, 0700 root. */
export const backupsDirOf = (agentDirectory: string): string => join(agentDirectory, 'backups')

const privateOf = (backupsDir: string): string => join(backupsDir, 'private')

/** Passwords and keys, as files that root alone reads, for as long as a program needs them. */
export interface PrivateFolder {
  path: string
  /** Gives its path. */
  write(name: string, content: string, mode?: number): Promise<string>
}

export async function withPrivateFolder<Result>(
  backupsDir: string,
  work: (folder: PrivateFolder) => Promise<Result>,
): Promise<Result> {
  await mkdir(privateOf(backupsDir), { recursive: true, mode: 0o700 })
  const path = await mkdtemp(join(privateOf(backupsDir), 'call-'))
  try {
    return await work({
      path,
      async write(name, content, mode = 0o600) {
        const file = join(path, name)
        await writeFile(file, content, { mode, flag: 'wx' })
        return file
      },
    })
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

/** What an agent that was killed has left of them. */
export const clearPrivateFolders = (backupsDir: string): Promise<void> =>
  rm(privateOf(backupsDir), { recursive: true, force: true })
