import { setTimeout } from 'node:timers/promises'
import type { Actor } from '@vastrox/shared/actor.ts'
import {
  DEPLOY_TOKEN_PERMISSIONS,
  permissionsOfGrant,
  ROLE_PERMISSIONS,
} from '@vastrox/shared/permissions.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Command } from '#commands/command.ts'
import { READING_COMMANDS } from '#commands/reading-commands.ts'
import { runCommand } from '#commands/run-command.ts'
import { commands } from '#commands/table.ts'
import { createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'
import { countStatements } from '#test/statement-count.ts'

const PLANTED = 'zqplant'
const APP = 'planted-blog'
const NO_APP = 'missing-blog'

interface Caller {
  name: string
  actor: () => Actor
  isRefusedBy: (command: Command) => boolean
}

/** What stands at the places of `usage`: written as it should be, of an object that is there. */
function wordsFor({ name, usage }: Command, app: string): string[] {
  const places = usage
    .split(' | ', 1)
    .join('')
    .replaceAll(/\[[^\]]*\]/g, '')
    .split(/\s+(?=[<-]|\S+=)/)
  const words = places.flatMap((place) => {
    if (place === '' || place.startsWith('<  ') || place.startsWith('< ')) return []
    if (place === '<app>') return [app]
    if (place.startsWith('--confirm')) return ['--confirm', app]
    if (place.startsWith('--')) return [place.split(' ', 1).join(''), 'x']
    if (place.includes('=')) return [`${PLANTED}=1`]
    return [SAMPLES[place.replaceAll(/[<>…]|\/?tcp.*$/g, '').trim()] ?? PLANTED]
  })
  return [...name.split(' '), ...words.filter((word) => word !== '…' && word !== '--')]
}
const SAMPLES: Record<string, string> = {
  ports: '8080',
  port: '8080',
  address: '203.0.113.7',
  process: 'web',
  host: `${PLANTED}.example`,
  '/path': '/planted',
  '/from': '/planted',
  command: 'true',
}

describe('the matrix of every command and everybody who is refused (rule C8)', () => {
  let harness: ReturnType<typeof createAppHarness>
  let callers: Caller[]

  beforeAll(async () => {
    harness = createAppHarness()
    const { access, appService, actor } = harness
    access.createFirstOwner()
    harness.addApp(APP, {}, actor)
    harness.addApp('other-app', {}, actor)
    const otherApp = appService.get(actor, 'other-app').id
    const secret = `${PLANTED.toUpperCase()}_KEY=${PLANTED}-value`
    await type(['env:set', APP, secret], actor)
    const user = (change: Partial<Actor>) => () => owner(change)
    // The name that is given to `create` is one of their own app: it is nobody's before.
    const ofApp = ({ name, usage }: Command) => usage.startsWith('<app>') && name !== 'create'
    const lacks =
      (permissions: readonly string[]) =>
      ({ permission }: Command) =>
        permission !== 'signed-in' && !permissions.includes(permission)
    callers = [
      {
        name: 'somebody of another team',
        actor: user({ id: 'stranger', name: 'stranger', teamId: 'team2' }),
        isRefusedBy: ofApp,
      },
      {
        name: 'a viewer',
        actor: user({ id: 'v', permissions: new Set(ROLE_PERMISSIONS.viewer) }),
        isRefusedBy: lacks(ROLE_PERMISSIONS.viewer),
      },
      {
        name: 'a developer',
        actor: user({ id: 'd', permissions: new Set(ROLE_PERMISSIONS.developer) }),
        isRefusedBy: lacks(ROLE_PERMISSIONS.developer),
      },
      {
        name: 'a token of another app',
        actor: user({ kind: 'token', id: 't', appIds: new Set([otherApp]) }),
        isRefusedBy: ofApp,
      },
      {
        name: 'a guest with a grant on another app',
        actor: user({
          id: 'g',
          permissions: new Set(ROLE_PERMISSIONS.guest),
          appIds: new Set([otherApp]),
          grants: new Map([[otherApp, new Set(permissionsOfGrant('admin'))]]),
        }),
        isRefusedBy: ofApp,
      },
      {
        name: 'a deploy key of another app',
        actor: user({
          kind: 'token',
          id: 'k',
          appIds: new Set([otherApp]),
          permissions: new Set(DEPLOY_TOKEN_PERMISSIONS),
        }),
        isRefusedBy: (command) => ofApp(command) || lacks(DEPLOY_TOKEN_PERMISSIONS)(command),
      },
    ]
  })
  afterAll(() => harness.db.close())

  const run = async (command: Command, actor: Actor, app: string) => {
    const words = wordsFor(command, app)
    const { said, ...rest } = await type(words, actor)
    return { ...rest, words, said: said.replaceAll(app, '<app>') }
  }

  async function type(words: string[], actor: Actor) {
    const bugs: unknown[] = []
    let said = ''
    const print = async (text: string) => void (said += text)
    const context = {
      ...harness.commandServices,
      actor,
      stdin: undefined,
      terminal: undefined,
      signal: new AbortController().signal,
      print,
      printError: print,
    }
    const counted = countStatements()
    // Whoever is refused waits for nothing, and least of all for the clock.
    const code = await Promise.race([
      runCommand(commands, context, words, (error) => bugs.push(error)),
      setTimeout(5_000, 0, { ref: false }),
    ])
    return { code, said, statements: counted.stop(), bugs }
  }

  it('is refused, in the same words and after the same work as where there is no such app', async () => {
    const wrong: string[] = []
    let asked = 0
    for (const { name, actor, isRefusedBy } of callers)
      for (const command of commands.filter(isRefusedBy)) {
        // The first is written down, and that only once a minute.
        await run(command, actor(), APP)
        const there = await run(command, actor(), APP)
        await run(command, actor(), NO_APP)
        const missing = await run(command, actor(), NO_APP)
        const what = `${there.words.join(' ')} by ${name}`
        asked += 1
        if (there.code === 0) wrong.push(`${what} is not refused: ${there.said}`)
        if (there.bugs.length > 0) wrong.push(`${what} broke: ${String(there.bugs[0])}`)
        if (withoutAsked(there).toLowerCase().includes(PLANTED))
          wrong.push(`${what} shows: ${there.said}`)
        if (there.said !== missing.said) wrong.push(`${what} says: ${there.said} / ${missing.said}`)
        if (there.statements !== missing.statements)
          wrong.push(`${what}: ${there.statements} / ${missing.statements} statements`)
      }

    expect(wrong).toEqual([])
    expect(asked).toBeGreaterThan(300)
  }, 60_000)

  it('knows of each reading command that it is there', () => {
    const names = new Set(commands.map(({ name }) => name))

    expect([...READING_COMMANDS].filter((name) => !names.has(name))).toEqual([])
  })
})

/** What was typed may be said again. */
const withoutAsked = ({ said, words }: { said: string; words: string[] }): string =>
  words.reduce((text, word) => (word.length > 3 ? text.replaceAll(word, '') : text), said)

describe('every command', () => {
  it('leaves an audit event, unless it is known to read only', async () => {
    const harness = createAppHarness()
    harness.access.createFirstOwner()
    const forgetful = commands
      .filter(({ name }) => !READING_COMMANDS.has(name))
      .map((command) => ({ ...command, takes: [0, 0] as const, run: async () => 0 }))
    const silent: string[] = []
    for (const command of forgetful) {
      const actor = owner()
      const context = {
        ...harness.commandServices,
        actor,
        stdin: undefined,
        terminal: undefined,
        signal: new AbortController().signal,
        print: async () => {},
        printError: async () => {},
      }
      await runCommand(forgetful, context, [command.name], () => {})
      const [last] = harness.commandServices.audit.list(actor, {
        cursor: undefined,
        limit: 1,
      }).items
      if (last?.target !== command.name) silent.push(command.name)
    }

    expect(silent).toEqual([])
    harness.db.close()
  })
})
