import type { CommandContext } from '#commands/command.ts'
import type { Terminal } from '#commands/terminal-port.ts'
import type { OpenedSession } from '#core/processes/run-service.ts'

type Session = Omit<OpenedSession, 'run'>

/** Carries both ways until the command has ended; gives its exit code. */
export async function workWith(context: CommandContext, session: Session): Promise<number> {
  const { terminal } = context
  terminal?.started()
  if (terminal) void feed(session, terminal)
  const print = terminal
    ? (stream: 'stdout' | 'stderr', bytes: Uint8Array) => terminal.write(stream, bytes)
    : printTo(context)
  for await (const { stream, bytes } of session.output) await print(stream, bytes)
  const { exitCode, oomKilled } = await session.exit
  // An engine says so of a command too whose control group only saw another one's memory run out.
  if (oomKilled && exitCode !== 0)
    await context.printError(' !  The command ran out of memory; --memory gives it more.\n')
  return exitCode
}

function printTo(context: CommandContext) {
  const text = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  return (stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void> => {
    const said = text[stream].decode(bytes, { stream: true })
    return stream === 'stdout' ? context.print(said) : context.printError(said)
  }
}

/** Never rejects: when whoever types goes, the context's signal ends the session. */
async function feed(session: Session, { input }: Terminal): Promise<void> {
  try {
    for await (const one of input)
      switch (one.type) {
        case 'input':
          await session.write(one.bytes)
          break
        case 'window':
          session.resize({ columns: one.columns, rows: one.rows })
          break
        case 'signal':
          session.signal(one.signal)
          break
        case 'end':
          session.end()
      }
  } catch {
    // Gone.
  }
}

const WORD = /^[A-Za-z0-9_@%+=:,./-]+$/

/**
 * The words behind `--` as one line for the shell inside of the container: a single word is a line
 * already; of several each stays what it is.
 */
export const lineOf = (words: readonly string[]): string =>
  words.length === 1 ? (words[0] ?? '') : words.map(quoted).join(' ')

const quoted = (word: string): string =>
  WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
