import { open } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import type { Readable } from 'node:stream'
import { frameOf } from '@vastrox/shared/node/frame.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import {
  encodeSessionInput,
  type SessionInput,
  type SessionSignal,
} from '@vastrox/shared/node/session-frames.ts'
import { z } from 'zod'
import { endedBetween } from '#agent/cli/console-client.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

/** Commands of the daemon's that somebody works with: daemon/src/commands/run-commands.ts. */
const WORKED_WITH = [
  'run',
  'apps:run',
  'shell',
  'console',
  'apps:shell',
  'exec',
  'ps:exec',
  'backups:download',
  'addons:console',
]

export function takesTerminal([name = '', verb = '']: readonly string[]): boolean {
  return WORKED_WITH.includes(name) || WORKED_WITH.includes(`${name}:${verb}`)
}

const IMPORTING = ['addons:import', 'volumes:import']

/**
 * The file that `deploy --archive <file>` sends, or `addons:import --file <file>`; `-` is what is piped
 * in; undefined for other commands.
 */
export function archiveOf(args: readonly string[]): string | undefined {
  const [name = '', verb = ''] = args
  if (IMPORTING.includes(name) || IMPORTING.includes(`${name}:${verb}`))
    return valueOf(args, '--file') ?? '-'
  return ['deploy', 'deployments:create'].includes(name) ? valueOf(args, '--archive') : undefined
}

function valueOf(args: readonly string[], option: string): string | undefined {
  const joined = args.find((arg) => arg.startsWith(`${option}=`))
  if (joined !== undefined) return joined.slice(option.length + 1)
  const at = args.indexOf(option)
  return at === -1 ? undefined : args[at + 1]
}

/** Throws where there is no such file. */
export async function openArchive(path: string): Promise<Readable> {
  const file = await open(path).catch((error: unknown) => {
    throw new SetupError(`${path} cannot be read.`, 'Give the path of a zip or tar.', {
      cause: error,
    })
  })
  return file.createReadStream()
}

const Line = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['stdout', 'stderr']), text: z.string() }),
  z.object({ type: z.literal('data'), stream: z.enum(['stdout', 'stderr']), base64: z.string() }),
  z.object({ type: z.literal('started') }),
  z.object({ type: z.literal('exit'), code: z.int() }),
])

const PASSED_ON: readonly SessionSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']
const MAX_LINE_BYTES = 4 * 2 ** 20
/** 128 + SIGPIPE: who read our output has gone. */
export const EXIT_PIPE = 141

/**
 * Runs a command of the daemon's table with this process's terminal, or its pipes where it has none;
 * gives its exit code. The terminal is as it was before, whatever happens.
 */
export async function runWithTerminal(
  socketPath: string,
  args: readonly string[],
  archive?: Readable,
): Promise<number> {
  const isTerminal =
    archive === undefined && process.stdin.isTTY && process.stdout.isTTY && !wantsPipes(args)
  const asked = request({ socketPath, method: 'POST', path: '/terminal' })
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  asked.on('response', resolve)
  asked.on('error', reject)
  asked.write(
    frameOf({
      args,
      actor: 'root',
      stdin: true,
      terminal: isTerminal ? { ...windowSize(), term: process.env['TERM'] } : null,
    }),
  )
  const response = await promise.catch((error: unknown) => {
    throw new SetupError('The daemon does not answer.', 'vastrox status shows how it is.', {
      cause: error,
    })
  })
  const source = archive ?? process.stdin
  const keyboard = createKeyboard(isTerminal, source, (input) => {
    if (!asked.writable || asked.write(encodeSessionInput(input))) return
    source.pause()
    asked.once('drain', () => source.resume())
  })
  let lost: number | undefined
  process.stdout.on('error', () => {
    lost = EXIT_PIPE
    asked.destroy()
  })
  try {
    for await (const raw of readNdjson(response, MAX_LINE_BYTES)) {
      const line = Line.parse(raw)
      if (line.type === 'exit') return line.code
      if (line.type === 'started') keyboard.start()
      else await print(line)
    }
  } catch (error) {
    if (lost !== undefined) return lost
    if (error instanceof z.ZodError) throw error
  } finally {
    keyboard.stop()
    asked.destroy()
  }
  if (lost !== undefined) return lost
  throw endedBetween(undefined)
}

/** Before `--` it is ours; behind it, it is the command's. */
const wantsPipes = (args: readonly string[]): boolean =>
  args.slice(0, args.includes('--') ? args.indexOf('--') : args.length).includes('--no-tty')

const windowSize = () => ({
  columns: Math.min(1_000, Math.max(1, process.stdout.columns || 80)),
  rows: Math.min(1_000, Math.max(1, process.stdout.rows || 24)),
})

async function print(line: Exclude<z.infer<typeof Line>, { type: 'exit' | 'started' }>) {
  const isData = line.type === 'data'
  const stream = isData ? line.stream : line.type
  const bytes = isData ? Buffer.from(line.base64, 'base64') : line.text
  const to = stream === 'stdout' ? process.stdout : process.stderr
  if (to.write(bytes)) return
  const { promise, resolve } = Promise.withResolvers<void>()
  to.once('drain', resolve)
  to.once('error', () => resolve())
  await promise
}

/** What this process's input, window and signals become, from `start` to `stop`. */
function createKeyboard(
  isTerminal: boolean,
  source: Readable,
  send: (input: SessionInput) => void,
) {
  const { stdin, stdout } = process
  const onData = (bytes: Buffer): void => send({ type: 'input', bytes })
  const onEnd = (): void => send({ type: 'end' })
  const onResize = (): void => send({ type: 'window', ...windowSize() })
  const onSignal = (signal: NodeJS.Signals): void => {
    const passed = PASSED_ON.find((each) => each === signal)
    if (passed) send({ type: 'signal', signal: passed })
  }
  /** With a terminal Ctrl-C is a key; a signal is for this process, which leaves the terminal in order. */
  const onEnded = (signal: NodeJS.Signals): void => {
    stdin.setRawMode(false)
    process.exit(signal === 'SIGHUP' ? 129 : 143)
  }

  return {
    start(): void {
      if (isTerminal) {
        stdin.setRawMode(true)
        stdout.on('resize', onResize)
        for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, onEnded)
        // It may have changed since the size was sent.
        onResize()
      } else for (const signal of PASSED_ON) process.on(signal, onSignal)
      source.on('data', onData)
      source.on('end', onEnd)
      source.on('error', onEnd)
    },
    stop(): void {
      if (isTerminal) {
        stdin.setRawMode(false)
        stdout.off('resize', onResize)
      }
      for (const signal of PASSED_ON) process.off(signal, onSignal).off(signal, onEnded)
      source.off('data', onData)
      source.off('end', onEnd)
      // A pipe that nobody closes must not keep this process.
      source.destroy()
    },
  }
}
