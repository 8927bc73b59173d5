import { describe, expect, it } from 'vitest'
import { runCommand } from '#commands/run-command.ts'
import { commands } from '#commands/table.ts'
import { createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'

function setUp() {
  const harness = createAppHarness()
  const vastrox = async (...words: string[]) => {
    let out = ''
    const print = async (text: string): Promise<void> => void (out += text)
    const context = {
      ...harness.commandServices,
      actor: owner(),
      stdin: undefined,
      terminal: undefined,
      signal: new AbortController().signal,
      print,
      printError: print,
    }
    const code = await runCommand(commands, context, words, () => {})
    return { code, out }
  }
  return { ...harness, vastrox }
}

describe('prepared images by command', () => {
  it('are listed with what is there, what can be had, and when updates were looked for', async () => {
    const { vastrox } = setUp()
    const { out } = await vastrox('stack-images')
    const json = JSON.parse((await vastrox('stack-images', '--json')).out)

    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['Image', 'Prepared', 'Stands on', 'Of', 'Size', 'To build with'],
      ['vastrox/node:26 *', '2026-11-20', 'trixie', 'distribution', '197 MB', '663 MB'],
      ['vastrox/php:8.4 *', '-', '-', '-', '-', '-'],
      [''],
      ['Base', 'Prepared', 'Of', 'Size'],
      ['Debian trixie', '2026-11-20', 'distribution', '77 MB'],
      [''],
      ['Security updates were not looked for yet.'],
      [''],
    ])
    expect(json).toMatchObject({
      items: [{ stack: 'node' }, { stack: 'php', prepared: null }],
      bases: [{ suite: 'trixie' }],
      updates: { runningSince: null, last: null },
    })
  })

  it('are brought up to date with what happens on screen, and the round is remembered', async () => {
    const { vastrox } = setUp()

    const { code, out } = await vastrox('stack-images:refresh')

    expect(code).toBe(0)
    expect(out).toBe('Debian trixie is made anew\n1 checked, 0 made anew, 0 failed.\n')
    expect((await vastrox('stack-images')).out).toContain('1 checked, 0 made anew, 0 failed.')
  })
})
