import { readFile } from 'node:fs/promises'
import { ImportedSshKeys, SshAccess, SshKey } from '@vastrox/shared/ssh-key.ts'
import { z } from 'zod'
import type { KeysWish } from '#agent/cli/install/options.ts'
import { openUntrusted } from '#agent/cli/install/untrusted-file.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

/** An authorized_keys file of this server. */
export interface KeysFile {
  /** `root`, or the name of whoever used sudo. */
  of: string
  text: string
}

interface Deps {
  /** Runs a command of the daemon that prints JSON. */
  ask: <Schema extends z.ZodType>(
    args: readonly string[],
    schema: Schema,
    stdin?: string,
  ) => Promise<z.output<Schema>>
  say: (line: string) => void
  /** Asks at the terminal, and gives undefined for no answer; undefined where nobody is there. */
  question: ((text: string) => Promise<string | undefined>) | undefined
  wish: KeysWish
  /** Those of root and of whoever used sudo. */
  files: () => Promise<KeysFile[]>
  /** As people type it on this server. */
  command: string
}

const MAX_BYTES = 2 ** 20

/**
 * The first user's keys. Those that may sign in to this server are offered to somebody who is there to
 * answer; without a terminal nothing is taken over but a file that was named. Gives where SSH is.
 */
export async function setUpSsh(deps: Deps): Promise<SshAccess> {
  const { ask, say, wish, command } = deps
  if (typeof wish === 'object') await takeOver(deps, [await namedFile(wish.file)])
  else if (wish === 'ask') {
    const known = await ask(['keys', '--json'], z.array(SshKey))
    if (known.length === 0 && !(await offer(deps)))
      say(
        `  SSH keys: none taken over; ${command} keys:add < key.pub adds one, ./install.sh --keys FILE a file of them`,
      )
  }
  return ask(['ssh', '--json'], SshAccess)
}

/** Whether any were there and wanted. */
async function offer(deps: Deps): Promise<boolean> {
  if (!deps.question) return false
  const files = await deps.files()
  const names = files.flatMap(({ of, text }) => namesIn(text).map((name) => `${name} (${of})`))
  if (names.length === 0) return false
  const shown = names.slice(0, 5).join(', ')
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  const answer = await deps.question(
    `  Take over the SSH keys of this server, for git push and commands over SSH: ${shown}${more}? [Y/n] `,
  )
  if (!/^(y(es)?)?$/i.test(answer?.trim() ?? 'n')) return false
  await takeOver(deps, files)
  return true
}

async function takeOver({ ask, say }: Deps, files: readonly KeysFile[]): Promise<void> {
  for (const { of, text } of files) {
    const { added, skipped } = await ask(['keys:import', '--json'], ImportedSshKeys, text)
    say(`  SSH keys: ${added.length} taken over from ${of}.`)
    for (const { line, reason } of skipped) say(`    left out line ${line}: ${reason}`)
  }
}

async function namedFile(file: string): Promise<KeysFile> {
  try {
    return { of: file, text: (await readFile(file, 'utf8')).slice(0, MAX_BYTES) }
  } catch (error) {
    throw new SetupError(`${file} cannot be read.`, 'Give the path of an authorized_keys file.', {
      cause: error,
    })
  }
}

/** Comments of keys, or their kinds: enough to know them by. */
function namesIn(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const found = /(?:^|\s)((?:ssh|ecdsa)-\S+)\s+\S+(?:\s+(.*))?$/.exec(line.trim())
    if (!found || line.trim().startsWith('#')) return []
    const name = (found[2] || (found[1] ?? '')).replaceAll(/[^\x20-\x7e]/g, '?')
    return [name.slice(0, 40)]
  })
}

/** Of root and, by sudo, of whoever began this; their homes are their own, so no link is followed. */
export async function keysOfThisServer(
  env: Record<string, string | undefined>,
  passwd = '/etc/passwd',
): Promise<KeysFile[]> {
  const users = [...new Set(['root', env['SUDO_USER'] ?? 'root'])]
  const lines = (await readFile(passwd, 'utf8')).split('\n').map((line) => line.split(':'))
  const found: KeysFile[] = []
  for (const of of users) {
    const home = lines.find(([name]) => name === of)?.[5]
    const text = home?.startsWith('/') ? await readKeys(`${home}/.ssh/authorized_keys`) : undefined
    if (text) found.push({ of, text })
  }
  return found
}

async function readKeys(path: string): Promise<string | undefined> {
  try {
    const file = await openUntrusted(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0)
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch {
    // None, or something else in its place: there is nothing to take over.
    return undefined
  }
}
