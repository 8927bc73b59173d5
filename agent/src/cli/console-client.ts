import { type IncomingMessage, request } from 'node:http'
import type { CommandOrigin } from '@vastrox/shared/command-origin.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import { z } from 'zod'
import { SetupError } from '#agent/cli/setup-error.ts'

const ConsoleLine = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['stdout', 'stderr']), text: z.string() }),
  z.object({ type: z.literal('exit'), code: z.int() }),
])

interface Streams {
  stdin?: string | undefined
  /** Where whoever types works from. */
  origin?: CommandOrigin | undefined
  /** Ends the wait for a daemon that does not answer. */
  signal?: AbortSignal | undefined
  stdout: (text: string) => void
  stderr: (text: string) => void
}

/** Runs a command of the daemon's table over console.sock, as root of this machine; gives its exit code. */
export async function runDaemonCommand(
  socketPath: string,
  args: readonly string[],
  { stdin, origin, signal, stdout, stderr }: Streams,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const headers = { 'content-type': 'application/json' }
  const how = { socketPath, method: 'POST', path: '/command', headers, ...(signal && { signal }) }
  const asked = request(how, resolve)
  asked.on('error', reject)
  asked.end(JSON.stringify({ args, actor: 'root', stdin, origin }))
  const response = await promise.catch((error: unknown) => {
    throw new SetupError('The daemon does not answer.', 'vastrox status shows how it is.', {
      cause: error,
    })
  })
  try {
    for await (const raw of readNdjson(response)) {
      const line = ConsoleLine.parse(raw)
      if (line.type === 'exit') return line.code
      if (line.type === 'stdout') stdout(line.text)
      else stderr(line.text)
    }
  } catch (error) {
    if (signal?.aborted === true || error instanceof z.ZodError) throw error
    throw endedBetween(error)
  }
  throw endedBetween(undefined)
}

/** Whatever it had begun is finished or failed cleanly by the next daemon. */
export const endedBetween = (cause: unknown): SetupError =>
  new SetupError(
    'The daemon ended in the middle of the command.',
    'vastrox status shows how it is. What was done before stays: look, and give the command again.',
    { cause },
  )

/** Runs a command that prints JSON, and gives it checked. */
export async function askDaemon<Schema extends z.ZodType>(
  socketPath: string,
  args: readonly string[],
  schema: Schema,
  { stdin, signal }: Pick<Streams, 'stdin' | 'signal'> = {},
): Promise<z.output<Schema>> {
  let printed = ''
  let said = ''
  const code = await runDaemonCommand(socketPath, args, {
    stdin,
    signal,
    stdout: (text) => {
      printed += text
    },
    stderr: (text) => {
      said += text
    },
  })
  if (code !== 0)
    throw new SetupError(
      `vastrox ${args[0]} failed: ${said.trim()}`,
      'vastrox doctor looks for the reason.',
    )
  return schema.parse(JSON.parse(printed))
}
