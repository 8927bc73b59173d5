import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { factsOnReturn } from '#agent/firewall/load-kept.ts'
import { type Kept, openKeptFiles } from '#agent/firewall/kept-files.ts'
import { factsOf, stateOf } from '#test/firewall-states.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'firewall-'))
})
afterEach(() => rm(directory, { recursive: true }))

const at = '2026-11-26T12:00:00.000Z'
const kept: Kept = {
  generation: 4,
  state: stateOf(),
  facts: factsOf(),
  appliedAt: at,
  until: '2026-11-26T12:01:00.000Z',
  confirmWithinMs: 60_000,
  boot: 'boot',
  namespace: 'net:[1]',
}

describe('a change that waits', () => {
  it('is confirmed or taken back, by whoever is first', async () => {
    const files = openKeptFiles(directory)
    await files.writePending(kept)

    expect(await files.takeBack({ generation: 4, at, because: 'not-confirmed' })).toBe(true)
    expect(await files.confirm(4)).toBe(false)

    expect(await files.reverted()).toEqual({ generation: 4, at, because: 'not-confirmed' })
    expect(await readdir(directory)).toEqual(['reverted.json'])
  })

  it('is taken back though nothing can be written down any more (section 6, no lock-out)', async () => {
    const files = openKeptFiles(directory)
    await files.writePending(kept)
    // Stands for a full disk: names can be moved, and the note finds no place.
    await mkdir(files.path('reverted.json'))

    expect(await files.takeBack({ generation: 4, at, because: 'not-confirmed' })).toBe(true)

    expect(await files.pending()).toBeUndefined()
  })
})

describe('what a guard that takes a change back knows of the machine', () => {
  it('is where sshd is by now, not only where it was when the rules before were confirmed', () => {
    const operator = { protocol: 'tcp' as const, port: 22, source: '198.51.100.9' }
    const confirmed = { ...kept, facts: factsOf({ sshPorts: [22], operators: [operator] }) }
    const waiting = {
      ...kept,
      facts: factsOf({ sshPorts: [2_022], resolvers: ['192.0.2.53'] }),
    }

    expect(factsOnReturn(waiting, confirmed)).toEqual(
      factsOf({ sshPorts: [22, 2_022], operators: [operator], resolvers: ['192.0.2.53'] }),
    )
    expect(factsOnReturn(waiting, undefined)).toEqual(waiting.facts)
  })
})
