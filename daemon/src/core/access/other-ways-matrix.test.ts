import { PassThrough } from 'node:stream'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { permissionsIn } from '@vastrox/shared/permissions.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSignInThrottle } from '#core/access/sign-in-throttle.ts'
import { type ComesAs, createSshSignIns } from '#core/access/ssh-sign-ins.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createGitService } from '#core/sources/git-service.ts'
import { withDenials } from '#core/sources/with-denials.ts'
import { FLUSH, pktLine } from '#lib/pkt-line.ts'
import type { GitStreams } from '#ports/git-transport.ts'
import { createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'
import { sshKeyLine } from '#test/ssh/key-line.ts'
import { countStatements } from '#test/statement-count.ts'

const PLANTED = 'zqplant'
const APP = 'planted-blog'
const NO_APP = 'missing-blog'
const HERE = '192.0.2.7'
const HEAD = `${'0'.repeat(40)} ${'a'.repeat(40)} refs/heads/main\0 report-status`

/** What git and SFTP can be asked for, whoever carries it: HTTPS, SSH, and SFTP. */
const READS = ['clone over HTTPS', 'fetch over HTTPS', 'clone over SSH'] as const
const WRITES = ['push, as it is announced', 'push', 'SFTP'] as const
type Verb = (typeof READS)[number] | (typeof WRITES)[number]

interface Refused {
  name: string
  actor: Actor
  verbs: readonly Verb[]
}

describe('the matrix of what is no route: git, SFTP, and who comes in by SSH (rule C8)', () => {
  let harness: ReturnType<typeof createAppHarness>
  let refused: Refused[]
  let ask: (verb: Verb, actor: Actor, app: string) => Promise<string>

  beforeAll(() => {
    harness = createAppHarness()
    const { access, actor, apps, uploads } = harness
    access.createFirstOwner()
    harness.addApp(APP)
    const other = harness.addApp('other-app')
    /** Whatever it is asked, it tells what nobody may hear. */
    const telling = async (_app: string, { output }: GitStreams): Promise<void> => {
      output.write(PLANTED)
    }
    const made = (): never => {
      throw new Error('an app was made')
    }
    const git = createGitService({
      apps: { ...createAppFinder(apps), create: made },
      transport: {
        advertise: async () => Buffer.from(PLANTED),
        receive: telling,
        upload: telling,
        serve: telling,
      },
      sourceControl: { ensureRepository: async () => {} },
      receivePush: async () => [],
      onDenied: (...denied) => access.noteDenied(...denied),
    })
    const files = withDenials(uploads.sessions, access)

    const verbs: Record<
      Verb,
      (actor: Actor, app: string, output: PassThrough) => Promise<Buffer | string | void>
    > = {
      'clone over HTTPS': (who, app) => git.advertise(who, app, 'git-upload-pack'),
      'fetch over HTTPS': (who, app, output) => git.fetch(who, app, streams(FLUSH, output)),
      'clone over SSH': (who, app, output) => git.serve(who, app, streams(FLUSH, output)),
      'push, as it is announced': (who, app) => git.advertise(who, app, 'git-receive-pack'),
      push: (who, app, output) =>
        git.receive(who, app, streams(Buffer.concat([pktLine(HEAD), FLUSH]), output)),
      SFTP: async (who, app) => {
        await files.open(who, app, { protocol: 'sftp', address: HERE })
        return PLANTED
      },
    }
    ask = async (verb, who, app) => {
      const output = new PassThrough()
      try {
        const said = await verbs[verb](who, app, output)
        return `${said?.toString() ?? ''}${String(output.read() ?? '')}`
      } catch (error) {
        if (!(error instanceof CodedError)) throw error
        return `${error.code} ${sayError(error)}`
      }
    }

    const somebody = (name: string, change: Partial<Actor>): Actor =>
      owner({ id: name, name, ...change })
    const [developer, viewer] = (['developer', 'viewer'] as const).map(
      (role) => new Set(permissionsIn(role, { isOperators: true })),
    )
    const withoutMaking = new Set([...(developer ?? [])].filter((each) => each !== 'app.create'))
    const all = [...READS, ...WRITES]
    refused = [
      {
        name: 'somebody of another team',
        actor: somebody('stranger', { teamId: 'team2', permissions: withoutMaking }),
        verbs: all,
      },
      {
        name: 'a viewer',
        actor: somebody('viewer', { permissions: viewer ?? new Set() }),
        verbs: WRITES,
      },
      {
        name: 'a token of another app',
        actor: somebody('token', { kind: 'token', appIds: new Set([other.id]) }),
        verbs: all,
      },
      {
        name: 'a guest with a grant on another app',
        actor: somebody('guest', {
          permissions: new Set(),
          appIds: new Set([other.id]),
          grants: new Map([[other.id, withoutMaking]]),
        }),
        verbs: all,
      },
      ...(['read', 'write'] as const).map((level) => {
        const line = sshKeyLine()
        harness.commandServices.sshKeys.ofApps.add(actor, 'other-app', {
          publicKey: line,
          access: level,
        })
        const found = harness.commandServices.sshKeys.signInOf(blobOf(line), HERE)
        if (!found) throw new Error('the key lets nobody in')
        return { name: `a deploy key of another app (${level})`, actor: found.actor, verbs: all }
      }),
    ]
  })
  afterAll(async () => {
    await harness.uploads.stop()
    harness.db.close()
  })

  it('gives no byte, and the same answer after the same work as where there is no such app', async () => {
    const wrong: string[] = []
    let asked = 0
    for (const { name, actor, verbs } of refused)
      for (const verb of verbs) {
        const once = async (app: string) => {
          // What is written down of a refusal is so once a minute.
          await ask(verb, actor, app)
          const counted = countStatements()
          const said = await ask(verb, actor, app)
          return { said: said.replaceAll(app, '<app>'), statements: counted.stop() }
        }
        const there = await once(APP)
        const missing = await once(NO_APP)
        asked += 1
        const what = `${verb} by ${name}`
        if (there.said.includes(PLANTED)) wrong.push(`${what} is let in: ${there.said}`)
        const isSame = there.said === missing.said && there.statements === missing.statements
        if (!isSame && !(name === 'a viewer'))
          wrong.push(`${what}: ${JSON.stringify(there)} / ${JSON.stringify(missing)}`)
      }

    expect(wrong).toEqual([])
    expect(asked).toBeGreaterThan(30)
  })

  it('writes down who tried what they may not', () => {
    const { access, commandServices } = harness
    const denied = commandServices.audit
      .list(access.rootActor(), { cursor: undefined, limit: 200 })
      .items.filter(({ result }) => result === 'denied')
      .map(({ actor, action, target }) => `${actor} ${action} ${target}`)

    expect(denied).toContain(`viewer denied app.deploy ${APP}`)
    expect(denied).toContain(`viewer denied app.deploy sftp ${APP}`)
  })

  it('lets a key come only where it is for, and no longer than it is good', async () => {
    const { access, actor, clock, commandServices } = harness
    const { sshKeys, audit } = commandServices
    const signIns = createSshSignIns({
      keys: sshKeys,
      throttle: createSignInThrottle(clock),
      auditLog: audit,
      clock,
      verifyUploadPassword: async () => undefined,
      noteFailure: access.noteFailure,
      abuse: { note: () => {}, notePresent: () => {} },
    })
    const doors: Record<string, ComesAs> = {
      git: { kind: 'git' },
      console: { kind: 'console' },
      'its app': { kind: 'uploads', app: APP },
      'another app': { kind: 'uploads', app: 'other-app' },
    }
    const openTo = (line: string) =>
      Object.keys(doors).filter((name) => {
        const door = doors[name]
        return door && signIns.byKey(blobOf(line), HERE, door) !== undefined
      })
    const [read, write, ending, removed] = Array.from({ length: 4 }, () => sshKeyLine())
    const add = (publicKey = '', level: 'read' | 'write' = 'write', days: number | null = null) =>
      sshKeys.ofApps.add(actor, APP, { publicKey, access: level, expiresInDays: days }).id
    add(read, 'read')
    add(write)
    add(ending, 'write', 1)
    sshKeys.ofApps.remove(actor, APP, add(removed))

    expect(openTo(read ?? '')).toEqual(['git', 'its app'])
    expect(openTo(write ?? '')).toEqual(['git', 'its app'])
    expect(openTo(ending ?? '')).toEqual(['git', 'its app'])
    expect(openTo(removed ?? '')).toEqual([])
    expect(openTo(sshKeyLine())).toEqual([])
    await clock.pass(86_400_000)
    expect(openTo(ending ?? '')).toEqual([])
  })
})

const blobOf = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64')

function streams(input: Buffer, output: PassThrough) {
  const from = new PassThrough()
  from.end(input)
  return { input: from, output, gone: new AbortController().signal }
}
