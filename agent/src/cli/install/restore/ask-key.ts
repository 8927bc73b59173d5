import { readFile } from 'node:fs/promises'
import { ReadStream } from 'node:tty'
import { SetupError } from '#agent/cli/setup-error.ts'

interface Given {
  file: string | undefined
  env: Record<string, string | undefined>
  stdin: NodeJS.ReadStream
  say: (text: string) => void
}

export const KEY_VARIABLE = 'VASTROX_RESTORE_KEY'
const MAX_KEY = 200
const ANSWER_WITHIN_MS = 600_000

/** The recovery key: of a file, of the environment, or asked for at the terminal without showing it. */
export async function askKey({ file, env, stdin, say }: Given): Promise<string> {
  const given = file === undefined ? env[KEY_VARIABLE] : await readKeyFile(file)
  const key = (given ?? (await askAtTerminal(stdin, say)))?.trim()
  if (key !== undefined && key !== '' && key.length <= MAX_KEY) return key
  throw new SetupError(
    'A backup opens with its recovery key alone, and there is none here.',
    `Run it at a terminal, where it is asked for, or give --restore-key-file FILE (${KEY_VARIABLE}_FILE), or ${KEY_VARIABLE}.`,
  )
}

async function readKeyFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new SetupError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Name a file that has the recovery key in it, and nothing else.',
      { cause: error },
    )
  }
}

const ENTER = new Set(['\r', '\n', '\u0004'])
const END_OF_TEXT = '\u0003'
const DELETE = new Set(['\u007f', '\b'])

/** Undefined where there is no terminal. */
async function askAtTerminal(
  stdin: NodeJS.ReadStream,
  say: (text: string) => void,
): Promise<string | undefined> {
  if (!(stdin instanceof ReadStream) || !stdin.isTTY) return undefined
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let typed = ''
  const onData = (chunk: Buffer): void => {
    for (const character of chunk.toString()) {
      if (character === END_OF_TEXT)
        return reject(new SetupError('No key was given.', 'Run it again.'))
      if (ENTER.has(character)) return resolve(typed)
      typed = DELETE.has(character) ? typed.slice(0, -1) : (typed + character).slice(0, MAX_KEY + 1)
    }
  }
  say('  Recovery key of the backups (it is not shown): ')
  const late = setTimeout(
    () => reject(new SetupError('No key was given in ten minutes.', 'Run it again.')),
    ANSWER_WITHIN_MS,
  )
  stdin.setRawMode(true)
  stdin.on('data', onData)
  stdin.resume()
  try {
    return await promise
  } finally {
    clearTimeout(late)
    stdin.off('data', onData)
    stdin.setRawMode(false)
    stdin.pause()
    say('\n')
  }
}
