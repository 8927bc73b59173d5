import { describe, expect, it } from 'vitest'
import { DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { NO_APP_CONFIG } from '@vastrox/shared/app-config.ts'
import { NO_PROCESS_CONFIG } from '#core/builds/file-says.ts'
import { defaultMemoryOf, limitsOf, memoryOf } from '#core/processes/limits.ts'

const MIB = 2 ** 20
const app = {
  settings: { ...DEFAULT_APP_SETTINGS, memoryBytes: 256 * MIB, cpuMillis: 500 },
  processLimits: { worker: { memoryBytes: 1_024 * MIB } },
}

describe('the memory of an app that says nothing', () => {
  it.each([
    ['512 MB', 480, 128],
    ['1 GB', 970, 256],
    ['2 GB', 1_960, 384],
    ['4 GB', 3_910, 512],
    ['24 GB', 24_000, 512],
  ])('on a node of %s is in proportion to it', (_name, nodeMib, wantedMib) => {
    expect(defaultMemoryOf(nodeMib * MIB)).toBe(wantedMib * MIB)
  })
})

it('a process has its own limits, and for the rest those of the app', () => {
  expect(limitsOf(app, 'worker', undefined)).toEqual({
    memoryBytes: 1_024 * MIB,
    cpuMillis: 500,
    stopGraceMs: 10_000,
  })
  expect(limitsOf(app, 'web', undefined)).toMatchObject({ memoryBytes: 256 * MIB, cpuMillis: 500 })
})

it('what the source says goes over the app, and the user over both', () => {
  const said = { ...NO_PROCESS_CONFIG, memoryBytes: 128 * MIB, stopGraceMs: 1_000 }
  const config = { ...NO_APP_CONFIG, processes: { web: said, worker: said } }

  expect(limitsOf(app, 'web', { config })).toEqual({
    memoryBytes: 128 * MIB,
    cpuMillis: 500,
    stopGraceMs: 1_000,
  })
  expect(limitsOf(app, 'worker', { config })).toMatchObject({
    memoryBytes: 1_024 * MIB,
    stopGraceMs: 1_000,
  })
  expect(limitsOf(app, 'constructor', { config })).toMatchObject({ memoryBytes: 256 * MIB })
})

it('what an app may take is the sum over its processes, each by its own limit', () => {
  const processes = { web: 'node server.js', worker: 'node worker.js', clock: 'node clock.js' }

  expect(memoryOf(app, { web: 2, worker: 3 }, { processes, config: NO_APP_CONFIG })).toBe(
    (2 * 256 + 3 * 1_024) * MIB,
  )
})
