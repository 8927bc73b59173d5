import { describe, expect, it, onTestFinished } from 'vitest'
import { REAL_SERVERS, startRealServer } from './real-servers.ts'
import { createRig, HOST, instanceAt, routeTo } from './rig.ts'
import { playSmuggling } from './smuggling.ts'

const FIRST_PORT = 31_190

describe('P1, P4 the smuggling battery in front of real servers', () => {
  it.each(Object.keys(REAL_SERVERS))(
    '%s has written down exactly what we count',
    { timeout: 240_000 },
    async (name) => {
      const recipe = REAL_SERVERS[name]
      if (!recipe) throw new Error(`there is no ${name}`)
      const port = FIRST_PORT + Object.keys(REAL_SERVERS).indexOf(name)
      const server = await startRealServer(name, recipe, port)
      onTestFinished(() => server.end())
      const rig = await createRig({ limits: { responseHeadTimeoutMs: 15_000 } })
      onTestFinished(() => rig.end())
      await rig.publish([routeTo([instanceAt(port)])])

      const { payloads, forwarded, faults } = await playSmuggling(rig, HOST, {
        echoes: recipe.echoes,
        seenUpstream: () => server.seenPaths(),
      })

      process.stderr.write(`${name}: ${payloads} payloads, ${forwarded} requests forwarded\n`)
      expect(faults).toEqual([])
      expect(forwarded).toBeGreaterThan(payloads)
    },
  )
})
