import { describe, expect, it } from 'vitest'
import { createMemoryLimit } from '#core/nodes/memory-limit.ts'
import { owner } from '#test/fakes/actors.ts'
import { createFakeNode } from '#test/fakes/agent.ts'
import { createFakeClock } from '#test/fakes/clock.ts'

const GIB = 2 ** 30
const developer = owner({ permissions: new Set(['app.read', 'app.change']) })

/** The fake node has 4 GiB. */
async function known() {
  const agent = createFakeNode().agent(() => false)
  const limit = createMemoryLimit({ agent, clock: createFakeClock(), atFirstBytes: GIB })
  limit.mustFit(developer, { beforeBytes: 0, afterBytes: 0 })
  await agent.describe()
  return limit
}

describe('the memory that one app may take', () => {
  it('is what the node has', async () => {
    const limit = await known()

    expect(() => limit.mustFit(developer, { beforeBytes: 0, afterBytes: 4 * GIB })).not.toThrow()
    expect(() => limit.mustFit(developer, { beforeBytes: 0, afterBytes: 4 * GIB + 1 })).toThrow(
      expect.objectContaining({ code: 'NODE_MEMORY_EXCEEDED' }),
    )
  })

  it('is never in the way of taking less', async () => {
    const limit = await known()

    const change = { beforeBytes: 9 * GIB, afterBytes: 8 * GIB }

    expect(() => limit.mustFit(developer, change)).not.toThrow()
  })

  it('is no limit for who may change nodes', async () => {
    const limit = await known()

    expect(() => limit.mustFit(owner(), { beforeBytes: 0, afterBytes: 9 * GIB })).not.toThrow()
  })

  it('is a limit before the node has said anything', () => {
    const agent = { describe: () => Promise.reject(new Error('away')) }
    const limit = createMemoryLimit({ agent, clock: createFakeClock(), atFirstBytes: GIB })

    expect(() => limit.mustFit(developer, { beforeBytes: 0, afterBytes: 2 * GIB })).toThrow(
      expect.objectContaining({ code: 'NODE_MEMORY_EXCEEDED' }),
    )
  })
})
