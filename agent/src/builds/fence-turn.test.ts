import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isTurn, readTurns, type Turns, watchTurns } from '#agent/builds/fence-turn.ts'

const NONE: Turns = { buildsUsec: 0, unusedUsec: 0 }
const SECOND = 1_000_000

describe('a turn of builds that run on what is left over', () => {
  it('is a tenth of a core, or a machine that nobody filled', () => {
    expect(isTurn(NONE, { buildsUsec: 0, unusedUsec: 0 }, 2_000, 2)).toBe(false)
    expect(isTurn(NONE, { buildsUsec: 0.19 * SECOND, unusedUsec: 0 }, 2_000, 2)).toBe(false)
    expect(isTurn(NONE, { buildsUsec: 0.2 * SECOND, unusedUsec: 0 }, 2_000, 2)).toBe(true)
    expect(isTurn(NONE, { buildsUsec: 0, unusedUsec: 0.12 * SECOND }, 2_000, 2)).toBe(true)
  })
})

describe('watching', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('tells once, after ten seconds in which apps needed everything', async () => {
    const onStarved = vi.fn<() => void>()
    const stop = watchTurns(() => Promise.resolve(NONE), onStarved)

    await vi.advanceTimersByTimeAsync(11_000)
    expect(onStarved).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(onStarved).toHaveBeenCalledOnce()
    stop()
  })

  it('says nothing while builds get on, or after it was stopped', async () => {
    const onStarved = vi.fn<() => void>()
    let buildsUsec = 0
    const stop = watchTurns(() => {
      buildsUsec += SECOND
      return Promise.resolve({ buildsUsec, unusedUsec: 0 })
    }, onStarved)
    await vi.advanceTimersByTimeAsync(30_000)
    stop()
    const stopOther = watchTurns(() => Promise.resolve(NONE), onStarved)
    stopOther()
    await vi.advanceTimersByTimeAsync(30_000)

    expect(onStarved).not.toHaveBeenCalled()
  })
})

describe('what is read', () => {
  it('is the steps of either version and driver, and the machine', async () => {
    const root = await mkdtemp(join(tmpdir(), 'turns-'))
    const step = join(root, 'system.slice/system.slice:docker:jvifp9a6b1lxa1kuw8bwfcovf')
    for (const folder of [
      join(root, 'cpuacct/docker/buildkit'),
      join(root, 'docker/buildkit'),
      step,
    ])
      await mkdir(folder, { recursive: true })
    await writeFile(join(root, 'cpuacct/docker/buildkit/cpuacct.usage'), '7000\n')
    await writeFile(join(root, 'docker/buildkit/cpu.stat'), 'usage_usec 8\nuser_usec 1\n')
    await writeFile(join(step, 'cpu.stat'), 'usage_usec 9\n')
    const stat = join(root, 'stat')
    await writeFile(stat, 'cpu  10 20 30 400 50 6 7 0 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n')

    expect(await readTurns({ cgroupVersion: '1', cgroupDriver: 'cgroupfs' }, root, stat)).toEqual({
      buildsUsec: 7,
      unusedUsec: 4.5 * SECOND,
    })
    expect(
      (await readTurns({ cgroupVersion: '2', cgroupDriver: 'cgroupfs' }, root, stat)).buildsUsec,
    ).toBe(8)
    expect(
      (await readTurns({ cgroupVersion: '2', cgroupDriver: 'systemd' }, root, stat)).buildsUsec,
    ).toBe(9)
    await rm(root, { recursive: true })
  })
})
