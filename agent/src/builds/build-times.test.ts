import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { openBuildTimes } from '#agent/builds/build-times.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function pathOfBook(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vastrox-times-'))
  folders.push(folder)
  return join(folder, 'build-times.json')
}

it('takes for ours what was made while we built, and nothing else (K7)', async () => {
  const world = { nowMs: 1_000_000 }
  const times = await openBuildTimes(await pathOfBook(), () => world.nowMs)
  await times.during(async () => {
    world.nowMs += 60_000
    expect(times.isOurs(world.nowMs)).toBe(true)
  })

  expect(times.isOurs(1_030_000)).toBe(true)
  expect(times.isOurs(1_064_000)).toBe(true)
  expect(times.isOurs(1_066_000)).toBe(false)
  expect(times.isOurs(994_000)).toBe(false)
  expect(times.isOurs(Number.NaN)).toBe(false)
})

it('knows it after a restart, also of a build during which the agent was killed', async () => {
  const path = await pathOfBook()
  const world = { nowMs: 1_000_000 }
  const times = await openBuildTimes(path, () => world.nowMs)
  await times.during(async () => {
    // What is written by now is what a killed agent leaves.
    const left = await readFile(path, 'utf8')
    world.nowMs += 10 * 3_600_000
    await writeFile(`${path}.left`, left)
  })
  const again = await openBuildTimes(`${path}.left`, () => world.nowMs)

  expect(again.isOurs(1_000_000 + 1_800_000)).toBe(true)
  expect(again.isOurs(1_000_000 + 2 * 3_600_000)).toBe(false)
})

it('leaves all alone where the book cannot be read, and gives what the work gives', async () => {
  const path = await pathOfBook()
  await writeFile(path, '{"half')
  const times = await openBuildTimes(path, () => 1_000)

  expect(times.isOurs(900)).toBe(false)
  expect(await times.during(async () => 7)).toBe(7)
  await expect(times.during(async () => Promise.reject(new Error('failed')))).rejects.toThrow(
    'failed',
  )
})
