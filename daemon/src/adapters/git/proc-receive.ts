import type { Readable } from 'node:stream'
import { FLUSH, payloadText, pktLine, readPackets } from '#lib/pkt-line.ts'
import type { ReceivedPush, RefCommand, RefVerdict } from '#ports/git-transport.ts'

const MAX_COMMANDS = 10_000
const MAX_OPTIONS = 100

/**
 * Reads what receive-pack asks of its hook, by version 1 of their protocol (githooks(5)): versions
 * and features, to which `send` gives the answer, then the commands and the push options.
 */
export async function readPush(
  input: Readable,
  send: (bytes: Buffer) => void,
): Promise<ReceivedPush> {
  const packets = readPackets(input)
  const [hello = ''] = await readSection(packets, 10)
  const [version, features = ''] = hello.split('\0')
  if (version !== 'version=1')
    throw new Error('receive-pack speaks another version of proc-receive')
  const hasOptions = features.split(' ').includes('push-options')
  send(Buffer.concat([pktLine(`version=1\0${hasOptions ? 'push-options' : ''}\n`), FLUSH]))

  const commands = (await readSection(packets, MAX_COMMANDS)).map(parseCommand)
  const options = hasOptions ? await readSection(packets, MAX_OPTIONS) : []
  return { commands, options }
}

/** What receive-pack is told, in the order of its commands; one without a verdict is refused. */
export function encodeVerdicts(
  commands: readonly RefCommand[],
  verdicts: readonly RefVerdict[],
): Buffer {
  const lines = commands.flatMap(({ ref }) => {
    const verdict = verdicts.find((one) => one.ref === ref)
    return verdict ? linesOf(verdict) : [`ng ${ref} not decided`]
  })
  return Buffer.concat([...lines.map((line) => pktLine(`${line}\n`)), FLUSH])
}

function linesOf(verdict: RefVerdict): string[] {
  switch (verdict.result) {
    case 'moved':
      return [`ok ${verdict.ref}`]
    case 'left-to-git':
      return [`ok ${verdict.ref}`, 'option fall-through']
    case 'shown':
      return [`ok ${verdict.ref}`, `option refname ${verdict.shownAs}`]
    case 'refused':
      return [`ng ${verdict.ref} ${oneLine(verdict.reason)}`]
    default:
      return verdict satisfies never
  }
}

const oneLine = (reason: string): string => reason.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 500)

async function readSection(
  packets: ReturnType<typeof readPackets>,
  maximum: number,
): Promise<string[]> {
  const lines: string[] = []
  while (true) {
    const { value, done } = await packets.next()
    if (done) throw new Error('receive-pack ended in the middle of a push')
    if (value.type === 'flush') return lines
    if (lines.length >= maximum) throw new Error('the push has more commands than are allowed')
    lines.push(payloadText(value.payload))
  }
}

function parseCommand(line: string): RefCommand {
  const [, oldSha = '', newSha = '', ref = ''] =
    /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (.+)$/.exec(line) ?? []
  if (ref === '') throw new Error('receive-pack sent a command that cannot be read')
  return { ref, oldSha: unlessZero(oldSha), newSha: unlessZero(newSha) }
}

const unlessZero = (sha: string): string | undefined => (/^0+$/.test(sha) ? undefined : sha)
