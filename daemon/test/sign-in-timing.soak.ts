import { expect, it } from 'vitest'
import { createPasswordHasher } from '#adapters/system/password-hasher.ts'
import { createAccessHarness } from '#test/access-harness.ts'
import { createHttpHarness, OURS } from '#test/http-harness.ts'

const ROUNDS = 300
const MOST_MS = 5
const NAMES = ['admin', 'nobody']

/** By the real hasher, over the real server: nobody is told by the time whether a name is there. */
it(`a name that is there takes as long as one that is not: medians differ by less than ${MOST_MS} ms`, async () => {
  const server = await createHttpHarness({ harness: createAccessHarness(createPasswordHasher()) })
  const cookies = await server.signInByLink()
  const set = await server.fastify.inject({
    method: 'PUT',
    url: '/api/v1/password',
    headers: OURS,
    cookies,
    body: { password: 'a lighthouse in the fog' },
  })
  expect(set.statusCode).toBe(204)

  let from = 0
  async function msOf(name: string): Promise<number> {
    // An address of its own for each, and an hour for each hundred: the throttle is tested elsewhere.
    from += 1
    if (from % 50 === 0) server.pass(3_600_000)
    const begun = performance.now()
    const reply = await server.fastify.inject({
      method: 'POST',
      url: '/api/v1/sign-in',
      headers: OURS,
      remoteAddress: `10.${(from >> 16) & 255}.${(from >> 8) & 255}.${from & 255}`,
      body: { name, password: `guess ${from} of a password` },
    })
    const ms = performance.now() - begun
    expect(reply.json().error.code).toBe('SIGN_IN_FAILED')
    return ms
  }

  const known: number[] = []
  const unknown: number[] = []
  // In turns, so that what else the machine does falls on both.
  for (let round = 0; round < ROUNDS; round++) {
    const [first, second] = round % 2 === 0 ? NAMES : NAMES.toReversed()
    const [one, two] = [await msOf(first ?? ''), await msOf(second ?? '')]
    known.push(round % 2 === 0 ? one : two)
    unknown.push(round % 2 === 0 ? two : one)
  }

  const [a, b] = [medianOf(known), medianOf(unknown)]
  process.stdout.write(`known ${a.toFixed(2)} ms, unknown ${b.toFixed(2)} ms\n`)
  expect(Math.abs(a - b)).toBeLessThan(MOST_MS)
}, 180_000)

const medianOf = (times: readonly number[]): number =>
  times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0
