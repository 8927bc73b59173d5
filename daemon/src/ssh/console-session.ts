import type { Actor } from '@vastrox/shared/actor.ts'
import type { SessionInput } from '@vastrox/shared/node/session-frames.ts'
import { takesStdin } from '@vastrox/shared/takes-stdin.ts'
import { type Command, type CommandServices, EXIT_FAILED, EXIT_USAGE } from '#commands/command.ts'
import { findCommand } from '#commands/find-command.ts'
import { runCommand } from '#commands/run-command.ts'
import type { Terminal } from '#commands/terminal-port.ts'
import { type Session, writeTo } from '#ssh/session.ts'
import { splitWords, WordsError } from '#ssh/split-words.ts'

interface Deps {
  services: CommandServices
  onBug: (error: unknown) => void
}

const MAX_STDIN_BYTES = 8 * 2 ** 20
const STDIN_WITHIN_MS = 600_000
const MAX_WAITING_BYTES = 256 * 2 ** 10
/** Of what is typed, and of windows and signals that nobody has taken: a client may send them without end. */
const MAX_WAITING = 1_000
const CTRL_C = 3
const EXIT_INTERRUPTED = 130

/**
 * One line of the command table over SSH; without a command it prints what there is, since there is
 * no shell. Gives the exit code. Whoever hangs up ends the command, but nothing that it has set going.
 */
export async function runConsole(
  { services, onBug }: Deps,
  actor: Actor,
  session: Session,
): Promise<number> {
  const words = await wordsOf(session)
  if (!words) return EXIT_USAGE
  // A daemon at rest has nobody who types.
  const { commands } = await import('#commands/table.ts')
  const stdin = await stdinFor(commands, words, session)
  if (stdin === TOO_MUCH) {
    await session.printError(' !  That is more than 8 MB, or took longer than 10 minutes.\n')
    return EXIT_FAILED
  }
  const interrupted = new AbortController()
  const signal = AbortSignal.any([session.gone, interrupted.signal])
  const context = {
    ...services,
    actor,
    stdin,
    origin: session.origin,
    terminal: stdin === undefined ? terminalOf(session, () => interrupted.abort()) : undefined,
    signal,
    print: (text: string) => session.print(text),
    printError: (text: string) => session.printError(text),
  }
  const code = await runCommand(commands, context, words, onBug)
  return interrupted.signal.aborted ? EXIT_INTERRUPTED : code
}

async function wordsOf(session: Session): Promise<string[] | undefined> {
  try {
    const words = splitWords(session.command)
    // As one types it on the server.
    return words[0] === 'vastrox' ? words.slice(1) : words
  } catch (error) {
    if (!(error instanceof WordsError)) throw error
    await session.printError(` !  ${error.message}\n`)
    return undefined
  }
}

const TOO_MUCH = Symbol('too much')

/** What is piped into commands that read it; at a terminal nothing is. */
async function stdinFor(
  commands: readonly Command[],
  words: readonly string[],
  { pty, input, gone }: Session,
): Promise<string | undefined | typeof TOO_MUCH> {
  const found = findCommand(commands, words)
  if (pty || !found || !takesStdin([found.command.name, ...found.rest])) return undefined
  const { promise, resolve } = Promise.withResolvers<string | typeof TOO_MUCH>()
  const chunks: Buffer[] = []
  let bytes = 0
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length
    if (bytes > MAX_STDIN_BYTES) resolve(TOO_MUCH)
    else chunks.push(chunk)
  }
  const onEnd = (): void => resolve(Buffer.concat(chunks).toString())
  const stop = (): void => resolve(TOO_MUCH)
  const late = setTimeout(stop, STDIN_WITHIN_MS)
  gone.addEventListener('abort', stop, { once: true })
  if (gone.aborted) stop()
  input.on('data', onData).on('end', onEnd)
  try {
    return await promise
  } finally {
    clearTimeout(late)
    gone.removeEventListener('abort', stop)
    input.off('data', onData).off('end', onEnd)
  }
}

/**
 * What is typed or piped goes to whatever works with it. Until something does, Ctrl-C at a terminal
 * ends the command: the client sends it as a key.
 */
export function terminalOf(session: Session, interrupt: () => void): Terminal {
  const { pty, input, output, gone } = session
  const waiting: SessionInput[] = []
  let waitingBytes = 0
  let hasStarted = false
  let wake = (): void => {}

  function take(one: SessionInput): void {
    const isTold = one.type === 'window' || one.type === 'signal'
    if (isTold && waiting.length >= MAX_WAITING) return
    // Only the last of windows that nobody has seen counts.
    if (one.type === 'window' && waiting.at(-1)?.type === 'window') waiting.pop()
    waiting.push(one)
    if (one.type === 'input') waitingBytes += one.bytes.length
    if (waitingBytes > MAX_WAITING_BYTES || waiting.length >= MAX_WAITING) input.pause()
    wake()
  }
  input.on('data', (bytes: Buffer) => {
    if (pty && !hasStarted && bytes.includes(CTRL_C)) interrupt()
    else take({ type: 'input', bytes })
  })
  input.on('end', () => take({ type: 'end' }))
  session.onWindow((size) => take({ type: 'window', ...size }))
  session.onSignal((name) => {
    if (hasStarted) take({ type: 'signal', signal: name })
    else interrupt()
  })
  gone.addEventListener('abort', () => wake(), { once: true })

  async function* typed(): AsyncGenerator<SessionInput> {
    while (!gone.aborted) {
      const next = waiting.shift()
      if (next) {
        if (next.type === 'input') waitingBytes -= next.bytes.length
        if (waitingBytes <= MAX_WAITING_BYTES && waiting.length < MAX_WAITING && input.isPaused())
          input.resume()
        yield next
        if (next.type === 'end') return
        continue
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }

  return {
    size: pty?.size ?? null,
    term: pty?.term,
    hasInput: true,
    input: typed(),
    started: () => {
      hasStarted = true
    },
    // What an app's command prints at a terminal is the terminal's already.
    write: (stream, bytes) =>
      writeTo(stream === 'stdout' ? output : session.errorOutput, bytes, gone),
  }
}
