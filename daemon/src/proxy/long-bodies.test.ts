import { createHash } from 'node:crypto'
import { get as getPlain, type IncomingMessage, type ServerResponse } from 'node:http'
import { get as getSecure } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createRig, HOST, instanceAt, type Rig, routeTo } from '#test/proxy/rig.ts'

const MiB = 2 ** 20
const BYTES = 12 * MiB
const ROUNDS = 3
/** Of each kind; one in four is broken off by its client. */
const VISITORS = 24

let rig: Rig
afterEach(() => rig.end())

/** Each eight bytes tell whose they are, and where they stand. */
function bodyOf(visitor: number): Buffer {
  const body = Buffer.alloc(BYTES)
  for (let at = 0; at < BYTES; at += 8) {
    body.writeUInt32LE(visitor, at)
    body.writeUInt32LE(at, at + 4)
  }
  return body
}
const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

describe('long bodies (pieces whose memory is used again)', () => {
  it('of many at once reach each client as they are, read slowly, broken off, plain and by TLS', async () => {
    rig = await createRig({ https: true })
    const bodies = Array.from({ length: VISITORS }, (_, visitor) => bodyOf(visitor))
    const { port } = await rig.upstream((req, res) => {
      const body = bodies[Number(req.url?.slice(1))] ?? Buffer.alloc(0)
      // Half of them with a length, half in chunks.
      if (Number(req.url?.slice(1)) % 2 === 0) res.setHeader('Content-Length', body.length)
      send(res, body)
    })
    await rig.publish([routeTo([instanceAt(port)])])
    const digests = bodies.map(digestOf)

    for (let round = 0; round < ROUNDS; round += 1) {
      const got = await Promise.all(
        bodies.flatMap((_, visitor) => [
          receive(visitor, round, false),
          receive(visitor, round, true),
        ]),
      )
      const whole = got.filter(({ digest }) => digest !== undefined)
      expect(whole).toHaveLength(VISITORS * 2 * 0.75)
      expect(whole).toEqual(whole.map(({ visitor }) => ({ visitor, digest: digests[visitor] })))
    }
  }, 180_000)
})

/** In writes of lengths that are no piece's. */
function send(res: ServerResponse, body: Buffer): void {
  for (let at = 0; at < body.length; at += 150_001) res.write(body.subarray(at, at + 150_001))
  res.end()
}

/** Undefined of one that was broken off. */
async function receive(
  visitor: number,
  round: number,
  secure: boolean,
): Promise<{ visitor: number; digest: string | undefined }> {
  const options = {
    host: '127.0.0.1',
    port: secure ? rig.httpsPort : rig.port,
    path: `/${visitor}`,
    headers: { host: HOST },
    agent: false,
  } as const
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const asked = secure
    ? getSecure({ ...options, rejectUnauthorized: false }, resolve)
    : getPlain(options, resolve)
  asked.on('error', reject)
  const answer = await promise
  const isBrokenOff = (visitor + round) % 4 === 0
  const isSlow = visitor % 3 === 0
  const hash = createHash('sha256')
  let bytes = 0
  let stoodStill = false
  for await (const raw of answer) {
    const chunk: Buffer = raw
    hash.update(chunk)
    bytes += chunk.length
    if (isBrokenOff && bytes > MiB) {
      asked.destroy()
      return { visitor, digest: undefined }
    }
    // Until what the kernel takes is full, and pieces wait in the worker.
    if (isSlow && !stoodStill && bytes > MiB) {
      stoodStill = true
      await sleep(300)
    }
  }
  return { visitor, digest: hash.digest('hex') }
}
