import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Engine } from '#agent/engine/engine.ts'
import { EngineError } from '#agent/engine/engine-error.ts'
import { createAddressBook } from '#agent/networks/address-book.ts'
import { createAppNetworks } from '#agent/networks/app-networks.ts'

const APP = 'app00001'
let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'app-networks-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** An engine that takes its time to make a bridge, and says what Docker says to a second one meanwhile. */
async function open() {
  const standing = new Set<string>()
  let isMaking = false
  let failures = 0
  const made: string[] = []
  const engine: Pick<Engine, 'act' | 'get'> = {
    async act(method, path) {
      if (method !== 'POST' || path !== '/networks/create') return
      if (isMaking) throw new EngineError(403, 'Pool overlaps with other one on this address space')
      if (failures > 0) {
        failures -= 1
        throw new EngineError(500, 'the engine is being restarted')
      }
      isMaking = true
      await sleep(20)
      isMaking = false
      made.push(path)
      standing.add(path)
    },
    get: async (_path, schema) => schema.parse([]),
  }
  const book = await createAddressBook({
    directory,
    range: '10.128.0.0/12',
    start: 0,
    now: () => new Date(),
  })
  const networks = createAppNetworks({ engine, instance: 'a1b2c3', book, onMade: async () => {} })
  return { networks, made, standing, failNext: (): void => void (failures += 1) }
}

it('processes that start together at first share one bridge, and wait until it stands', async () => {
  const { networks, made, standing } = await open()

  const joins = ['web', 'ticker', 'mail'].map(async (name) => {
    const joined = await networks.join(APP, [name])
    expect(standing.size, `${name} has a bridge to be on`).toBe(1)
    return joined.addresses[name]
  })

  expect(new Set(await Promise.all(joins)).size).toBe(3)
  expect(made).toHaveLength(1)
})

it('a bridge that could not be made is made by whoever asks next', async () => {
  const { networks, made, failNext } = await open()
  failNext()

  await expect(networks.join(APP, ['web'])).rejects.toThrow('being restarted')
  await networks.remake(APP)

  expect(made).toHaveLength(1)
})
