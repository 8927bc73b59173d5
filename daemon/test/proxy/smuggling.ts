import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Rig, sendRaw } from './rig.ts'
import { type Payload, smugglingPayloads } from './smuggling-payloads.ts'

/** A line of our access log, of a request that went to an instance. */
interface Counted {
  path: string
  status: number
  complete: boolean
}

export interface Verdict {
  payloads: number
  forwarded: number
  /** In words; empty where every request that the app saw is one that we counted, and the other way round. */
  faults: string[]
}

const AT_ONCE = 8

/**
 * Plays the battery on a worker, and after each payload a request of somebody else, who must get the
 * answer to what he asked. `seenUpstream` gives the paths that the server behind it has counted.
 */
export async function playSmuggling(
  rig: Rig,
  host: string,
  options: { echoes: boolean; seenUpstream: () => Promise<string[]> },
): Promise<Verdict> {
  const faults: string[] = []
  const payloads = smugglingPayloads(host)
  const waiting = payloads.map((payload, id) => ({ payload, id }))
  const play = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await send(rig.port, next.payload)
      const answer = await bystander(rig.port, host, next.id)
      const isRight = options.echoes ? answer.includes(`/canary/${next.id} `) : answer !== ''
      if (!isRight)
        faults.push(`after ${next.payload.name} somebody else got ${answer.slice(0, 200)}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, play))
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await rig.worker.plane.accessLog.flush()

  const counted = await countedHere(rig)
  const seen = countOf(await options.seenUpstream())
  const ours = countOf(counted.map(({ path }) => path))
  const cut = new Set(
    counted.filter(({ status, complete }) => !complete || status >= 499).map(({ path }) => path),
  )
  for (const path of new Set([...seen.keys(), ...ours.keys()])) {
    const [there, here] = [seen.get(path) ?? 0, ours.get(path) ?? 0]
    // What we broke off ourselves may or may not have been written down over there.
    if (there === here || (there < here && cut.has(path))) continue
    const id = Number(path.split('/').at(-1))
    faults.push(`${path} (${payloads[id]?.name}): ${there} seen upstream, ${here} counted here`)
  }
  return { payloads: payloads.length, forwarded: counted.length, faults }
}

/** Writes it and waits for the end, or for a moment in which nothing comes. */
const send = (port: number, { bytes }: Payload): Promise<unknown> =>
  sendRaw(port, Buffer.from(bytes, 'latin1'), 250)

function bystander(port: number, host: string, id: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = connect({ port, host: '127.0.0.1', timeout: 10_000 })
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  socket.on('error', () => undefined)
  socket.once('timeout', () => socket.destroy())
  socket.once('close', () => resolve(text))
  socket.write(`GET /canary/${id} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  return promise
}

async function countedHere(rig: Rig): Promise<Counted[]> {
  const counted: Counted[] = []
  const logs = join(rig.directory, 'access')
  const files = (await readdir(logs, { recursive: true })).filter((name) => name.endsWith('.log'))
  const texts = await Promise.all(files.map((name) => readFile(join(logs, name), 'utf8')))
  for (const line of texts.join('').split('\n').filter(Boolean)) {
    const entry: unknown = JSON.parse(line)
    if (typeof entry !== 'object' || entry === null || !('instance' in entry)) continue
    if (!('path' in entry && 'status' in entry && 'complete' in entry)) continue
    counted.push({
      path: String(entry.path),
      status: Number(entry.status),
      complete: entry.complete === true,
    })
  }
  return counted
}

function countOf(paths: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const path of paths) counts.set(path, (counts.get(path) ?? 0) + 1)
  return counts
}
