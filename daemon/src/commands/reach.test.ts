import { permissionsIn, permissionsOfGrant } from '@vastrox/shared/permissions.ts'
import { describe, expect, it } from 'vitest'
import { runCommand } from '#commands/run-command.ts'
import { commands } from '#commands/table.ts'
import { createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'

function setUp() {
  const harness = createAppHarness()
  const hello = harness.addApp('hello').id
  harness.addApp('other')
  const guest = owner({
    permissions: new Set(permissionsIn('guest', { isOperators: true })),
    appIds: new Set([hello]),
    grants: new Map([[hello, new Set(permissionsOfGrant('developer'))]]),
  })
  const asRoot = { ...owner(), isRoot: true } as const
  async function vastrox(words: string[], actor = guest, isRoot = false) {
    let said = ''
    const code = await harness.clock.until(
      runCommand(
        commands,
        {
          ...harness.commandServices,
          actor,
          ...(isRoot && { inTeam: (teamId: string) => ({ ...asRoot, teamId }) }),
          stdin: undefined,
          terminal: undefined,
          signal: new AbortController().signal,
          print: async (text) => void (said += text),
          printError: async (text) => void (said += text),
        },
        words,
        (error) => {
          said += String(error)
        },
      ),
    )
    return { code, said }
  }
  return { ...harness, vastrox, asRoot }
}

describe('commands over SSH, by somebody who sees one app', () => {
  it('are theirs on that app, and there is no other', async () => {
    const { vastrox } = setUp()

    expect(await vastrox(['env:set', 'hello', 'A=1'])).toMatchObject({ code: 0 })
    expect((await vastrox(['destroy', 'hello', '--confirm', 'hello'])).said).toContain('may not')
    const unseen = await vastrox(['env:set', 'other', 'A=1'])
    const missing = await vastrox(['env:set', 'missing', 'A=1'])
    expect([unseen.code, unseen.said]).toEqual([missing.code, missing.said])
    expect((await vastrox(['apps'])).said).not.toContain('other')
  })

  it('are refused where they are of the team or the platform, every one of them', async () => {
    const { vastrox } = setUp()
    const ofAll = commands.filter(
      ({ permission, usage, filtered }) =>
        !filtered &&
        !/^[<[]app[>\]]/.test(usage) &&
        permission !== 'signed-in' &&
        permission !== 'key.manage',
    )
    const served: string[] = []
    for (const { name, takes } of ofAll) {
      const { said } = await vastrox([name, ...Array.from({ length: takes[0] }, () => 'x')])
      if (!said.includes('You may not do that.')) served.push(`${name}: ${said.slice(0, 60)}`)
    }

    expect(ofAll.length).toBeGreaterThan(40)
    expect(served).toEqual([])
  })
})

describe('root at the console', () => {
  it('works in the team of the app that is named, or in the one that is asked for', async () => {
    const { vastrox, asRoot, access, stranger } = setUp()
    access.createFirstOwner()
    await vastrox(['create', 'theirs'], stranger)

    expect((await vastrox(['apps:info', 'theirs'], asRoot, true)).code).toBe(0)
    expect((await vastrox(['apps'], asRoot, true)).said).not.toContain('theirs')
    for (const words of [
      ['--team', 'other team', 'apps'],
      ['apps', '--team', 'other team'],
    ])
      expect((await vastrox(words, asRoot, true)).said).toContain('theirs')
    expect((await vastrox(['apps', '--team', 'nobodys'], asRoot, true)).code).toBe(1)
    expect(await vastrox(['apps', '--team', 'other team'])).toMatchObject({ code: 2 })
  })
})
