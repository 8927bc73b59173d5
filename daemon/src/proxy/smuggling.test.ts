import { describe, expect, it } from 'vitest'
import { createRig, HOST, instanceAt, routeTo } from '#test/proxy/rig.ts'
import { playSmuggling } from '#test/proxy/smuggling.ts'
import { smugglingPayloads } from '#test/proxy/smuggling-payloads.ts'

describe('P1, P4 the smuggling battery', () => {
  it.concurrent.for([true, false])(
    'an app of Node sees exactly what we count, with the fast lane: %s',
    { timeout: 120_000 },
    async (fastLane, { expect, onTestFinished }) => {
      const rig = await createRig({ fastLane, limits: { responseHeadTimeoutMs: 5_000 } })
      onTestFinished(() => rig.end())
      const seen: string[] = []
      const { server, port } = await rig.upstream((req, res) => {
        seen.push(req.url ?? '')
        req.on('error', () => undefined).resume()
        res.end(`${req.url} is what was asked`)
      })
      // What we break off ends too early; anything else that is not HTTP must never come.
      server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
        if (error.code?.startsWith('HPE_') && error.code !== 'HPE_INVALID_EOF_STATE')
          seen.push(`nonsense: ${error.code}`)
        socket.destroy()
      })
      await rig.publish([routeTo([instanceAt(port)])])

      const verdict = await playSmuggling(rig, HOST, {
        echoes: true,
        seenUpstream: async () => seen,
      })

      expect(verdict.faults).toEqual([])
      expect(verdict.payloads).toBeGreaterThanOrEqual(150)
      expect(verdict.forwarded).toBeGreaterThan(verdict.payloads)
    },
  )

  it('has payloads enough, each under a name of its own', () => {
    const names = smugglingPayloads(HOST).map(({ name }) => name)

    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThanOrEqual(150)
  })
})
