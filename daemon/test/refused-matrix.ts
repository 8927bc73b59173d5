import { type Role, ROLE_PERMISSIONS } from '@vastrox/shared/permissions.ts'
import { CreateToken } from '@vastrox/shared/token.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SILENT_ROUTES } from '#http/plugins/auditing.ts'
import type { DeclaredRoute } from '#http/plugins/permissions.ts'
import { createFullServer, type FullServer } from '#test/full-server.ts'
import { cookiesOf, OURS } from '#test/http-harness.ts'
import { PLANTED, plantObjects } from '#test/planted-objects.ts'
import { countStatements } from '#test/statement-count.ts'

/** Somebody who is refused, and which of the routes they are refused by. */
interface Refused {
  name: string
  headers: Record<string, string>
  cookies: Record<string, string>
  isRefusedBy: (route: DeclaredRoute) => boolean
  /** Who sits at the browser: what they came in with is good for ten minutes. */
  signsInAs?: string
  /** In the team, where they may look into its lists. */
  isMember?: true
}

interface Answer {
  status: number
  /** Body and headers, with what was asked for taken out. */
  text: string
  statements: number
}

const APP = 'planted-blog'
const NO_APP = 'missing-blog'
const keyOf = ({ method, url }: DeclaredRoute) => `${method} ${url}`
const isPublic = ({ access }: DeclaredRoute) => access.permission === 'public'
const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'GET'] as const
/** Nothing that a request could make here: of another's server, of a browser, or of a CA. */
const NOT_PLANTED = [
  'certificates:id',
  'delivery',
  'git-accounts:id',
  'identities:id',
  // Of the machine: there is one.
  'node',
  'passkeys:id',
]
/** Made by their name: whoever asks makes one of their own. */
const MADE_BY_NAME = ['PUT /api/v1/registries/:host']
/** Of the team that asks, and named by something that another team has too. */
const namesOneOfTheTeam = (route: DeclaredRoute): boolean =>
  route.access.scope === 'team' &&
  route.access.permission !== 'signed-in' &&
  route.url.includes('/:') &&
  !MADE_BY_NAME.includes(keyOf(route))
/** Of the reply's own. */
const CHANGING = /^(date|vastrox-request-id|x-request-id|ratelimit.*|x-ratelimit.*|content-length)$/

/**
 * Every route of the table and everybody who is to be refused: with no byte of an object in the
 * answer, and with the same answer, after the same work, as where there is no such object. A route is
 * in it from its first day; `bodies` says what is sent to those that take one.
 */
export function describeRefusedMatrix(bodies: Readonly<Record<string, object>>): void {
  describe('whoever is refused learns nothing of what is there (rule C8)', () => {
    let server: FullServer
    let refused: Refused[]
    let ids: Record<string, string>
    let goneId: string

    beforeAll(async () => {
      server = await createFullServer()
      server.addUser('viewer', 'viewer')
      server.addUser('developer', 'developer')
      goneId = server.addUser('gone', 'admin').id
      server.addUser('guest', 'guest')
      const theirs = server.newId()
      server.teams.insertForPlatform(theirs, 'theirs', new Date(0).toISOString())
      server.addUser('stranger', 'owner', theirs)
      server.addApp('other-app')
      ids = await plantObjects(server, APP)
      refused = await everybody()
      // Sign-ins, first uses and first refusals are written down once.
      for (const caller of refused) await ask({ ...first(), app: APP }, caller)
    }, 60_000)
    afterAll(() => server.fastify.close())

    const browser = async (name: string) => ({
      headers: OURS,
      cookies: cookiesOf(
        await server.fastify.inject({
          method: 'POST',
          url: '/api/v1/sign-in/link',
          headers: OURS,
          body: { token: server.access.createSignInLink(name).token },
        }),
      ),
    })

    /** A minute later, since so many requests of one address would be refused for that. */
    async function inTurn(caller: Refused): Promise<Refused> {
      await server.clock.pass(60_000)
      return caller.signsInAs === undefined
        ? caller
        : { ...caller, ...(await browser(caller.signsInAs)) }
    }

    async function everybody(): Promise<Refused[]> {
      const { access } = server
      const token = (wish: Partial<CreateToken>) =>
        access.tokens.create(
          access.rootActor(),
          CreateToken.parse({ name: 'of a caller', ...wish }),
        )
      const bearer = (secret: string) => ({
        headers: { authorization: `Bearer ${secret}` },
        cookies: {},
      })
      const revoked = token({})
      const expired = token({ expiresInDays: 1 })
      const rotated = token({})
      const elsewhere = token({ networks: ['203.0.113.0/24'] })
      access.tokens.revoke(access.rootActor(), revoked.id)
      access.tokens.rotate(access.rootActor(), rotated.id, { graceHours: 0 })
      await server.clock.pass(86_400_000)
      const ofRole = async (role: Role) => ({
        name: role,
        signsInAs: role,
        ...(await browser(role)),
      })
      const lacks =
        (permissions: readonly string[]) =>
        ({ access: { permission } }: DeclaredRoute) =>
          permission !== 'signed-in' && !permissions.includes(permission)
      const never = () => true
      const ofAnother = token({ apps: ['other-app'] })
      const guest = await ofRole('guest')
      const gone = await browser('gone')
      const left = access.actors.atHome(goneId, null)
      if (!left) throw new Error('they are not there')
      const theirs = access.tokens.create(left, CreateToken.parse({ name: 'left' }))
      access.people.change(access.rootActor(), 'gone', { disabled: true })
      access.people.change(access.rootActor(), 'guest', { grants: { 'other-app': 'developer' } })

      return [
        { name: 'nobody', headers: {}, cookies: {}, isRefusedBy: never },
        { name: 'a disabled user', ...gone, isRefusedBy: never },
        { name: 'a token of a disabled user', ...bearer(theirs.token), isRefusedBy: never },
        {
          ...guest,
          name: 'a member with a grant on another app',
          // Keys are one's own.
          isRefusedBy: ({ access: { scope, permission, filtered } }) =>
            permission !== 'signed-in' &&
            (scope === 'app' || (filtered !== true && permission !== 'key.manage')),
        },
        { name: 'an expired token', ...bearer(expired.token), isRefusedBy: never },
        { name: 'a revoked token', ...bearer(revoked.token), isRefusedBy: never },
        { name: 'the secret before a rotation', ...bearer(rotated.token), isRefusedBy: never },
        { name: 'a token from elsewhere', ...bearer(elsewhere.token), isRefusedBy: never },
        {
          name: 'a mistyped token',
          ...bearer(expired.token.slice(0, -1)),
          isRefusedBy: never,
        },
        {
          name: 'a token of another app',
          ...bearer(ofAnother.token),
          isRefusedBy: ({ access: { scope, filtered, permission } }) =>
            permission !== 'signed-in' && (scope === 'app' || filtered !== true),
        },
        {
          name: 'a deploy token of another app',
          ...bearer(token({ kind: 'deploy', apps: ['other-app'] }).token),
          isRefusedBy: ({ access: { scope, filtered, permission } }) =>
            permission !== 'signed-in' && (scope === 'app' || filtered !== true),
        },
        {
          name: 'somebody of another team',
          signsInAs: 'stranger',
          ...(await browser('stranger')),
          isRefusedBy: (route) =>
            route.access.scope === 'app' ||
            (route.access.scope === 'platform' && route.access.permission !== 'signed-in') ||
            namesOneOfTheTeam(route),
        },
        {
          ...(await ofRole('viewer')),
          isRefusedBy: lacks(ROLE_PERMISSIONS.viewer),
          isMember: true,
        },
        {
          ...(await ofRole('developer')),
          isRefusedBy: lacks(ROLE_PERMISSIONS.developer),
          isMember: true,
        },
      ]
    }

    const routes = () => server.routes.filter((route) => !isPublic(route))
    const first = () => {
      const route = routes().find(({ access }) => access.scope === 'app')
      if (!route) throw new Error('there is no route of an app')
      return { route, id: (name: string) => ids[name] ?? 'none' }
    }

    async function ask(
      { route, app, id }: { route: DeclaredRoute; app: string; id: (name: string) => string },
      { headers, cookies }: Refused,
    ): Promise<Answer> {
      const body = bodies[keyOf(route)]
      const asked: string[] = []
      const url = route.url.replaceAll(/:(\w+)/g, (_all, name: string) => {
        const value = name === 'name' ? app : id(nameOfParam(route, name))
        asked.push(value)
        return encodeURIComponent(value)
      })
      const counted = countStatements()
      const reply = await server.fastify.inject({
        method: METHODS.find((known) => known === route.method) ?? 'POST',
        url,
        headers,
        cookies,
        ...(body && { body }),
        payloadAsStream: true,
      })
      const statements = counted.stop()
      const isStream = String(reply.headers['content-type']).startsWith('text/event-stream')
      if (isStream) reply.stream().destroy()
      const sent = isStream ? '' : Buffer.concat(await reply.stream().toArray()).toString()
      const head = Object.entries(reply.headers)
        .filter(([name]) => !CHANGING.test(name))
        .map(([name, value]) => `${name}: ${String(value)}`)
        .toSorted()
      let text = [...head, sent].join('\n')
      // What was asked for may be said again.
      for (const value of asked.filter((each) => each.length > 3))
        text = text.replaceAll(value, '<asked>')
      return { status: reply.statusCode, text, statements }
    }

    /** The second answer: what is written down of a refusal is so once a minute. */
    async function askAgain(...asked: Parameters<typeof ask>): Promise<Answer> {
      await ask(...asked)
      return ask(...asked)
    }

    const there = (name: string): string => ids[name] ?? PLANTED
    /** As well formed, and of nothing. */
    const missing = (name: string): string =>
      there(name)
        .replaceAll(/zqplant/gi, (found) => (found === PLANTED ? 'zqabsnt' : 'ZQABSNT'))
        .replace(/^1$/, '7')
        .replace(/^web$/, 'wob')
        .replace(/^25565-/, '25566-')
        .replace(new RegExp(`^${APP}$`), NO_APP)
        // Of an id, a letter that no other one of the same millisecond has as another.
        .replace(
          /^([0-9a-z]{10})(.)([0-9a-z]{15})$/,
          (_all, time, letter, rest) => `${time}${letter === '0' ? '1' : '0'}${rest}`,
        )

    it('names objects that are there, of every kind that a path names', () => {
      const params = new Set(
        routes().flatMap((route) =>
          [...route.url.matchAll(/:(\w+)/g)].map(([, name = '']) => nameOfParam(route, name)),
        ),
      )

      expect(
        [...params].filter((name) => name !== 'name' && ids[name] === undefined).toSorted(),
      ).toEqual(NOT_PLANTED)
      expect(Object.keys(ids).filter((name) => missing(name) === there(name))).toEqual([])
      expect(routes().length).toBeGreaterThan(100)
    })

    it('gives no byte of an object, and refuses with a status that says so', async () => {
      const wrong: string[] = []
      for (const each of refused) {
        const caller = await inTurn(each)
        for (const route of routes().filter(caller.isRefusedBy)) {
          const { status, text } = await ask({ route, app: APP, id: there }, caller)
          const what = `${keyOf(route)} by ${caller.name}: ${status}`
          const isKnown = caller.signsInAs !== undefined
          if (!(isKnown ? [403, 404] : [401, 403, 404]).includes(status))
            wrong.push(`${what} is no refusal`)
          if (text.toLowerCase().includes(PLANTED)) wrong.push(`${what} shows ${text}`)
        }
      }

      expect(wrong).toEqual([])
    }, 300_000)

    it('shows in no list what is another team’s, or of another app', async () => {
      const wrong: string[] = []
      // Refusals are in the asker's own log by what they themselves had named.
      const lists = routes().filter(
        ({ method, url }) => method === 'GET' && !/\/:|\/audit-events/.test(url),
      )
      for (const each of refused.filter(({ isMember }) => isMember !== true)) {
        const caller = await inTurn(each)
        for (const route of lists) {
          const { text } = await ask({ route, app: APP, id: there }, caller)
          if (text.toLowerCase().includes(PLANTED))
            wrong.push(`${keyOf(route)} by ${caller.name} shows ${text}`)
        }
      }

      expect(lists.length).toBeGreaterThan(40)
      expect(wrong).toEqual([])
    }, 300_000)

    it('is told the same, after the same work, as where there is no such thing', async () => {
      const wrong: string[] = []
      for (const each of refused) {
        const caller = await inTurn(each)
        for (const route of routes().filter(caller.isRefusedBy)) {
          if (!route.url.includes(':')) continue
          const one = await askAgain({ route, app: APP, id: there }, caller)
          const other = await askAgain({ route, app: NO_APP, id: missing }, caller)
          const what = `${keyOf(route)} by ${caller.name}`
          if (one.status !== other.status || one.text !== other.text)
            wrong.push(
              `${what}: ${one.status} / ${other.status} ${differenceOf(one.text, other.text)}`,
            )
          if (one.statements !== other.statements)
            wrong.push(`${what}: ${one.statements} / ${other.statements} statements`)
        }
      }

      expect(wrong).toEqual([])
      expect(server.problems).toEqual([])
    }, 300_000)

    it('leaves an event of every write that is served, whatever its service tells', async () => {
      const { token } = server.access.tokens.create(
        server.access.rootActor(),
        CreateToken.parse({ name: 'writer' }),
      )
      const writer: Refused = {
        name: 'writer',
        headers: { authorization: `Bearer ${token}` },
        cookies: {},
        isRefusedBy: () => false,
      }
      const newest = () =>
        server.audit.list(server.access.rootActor(), { cursor: undefined, limit: 1 }).items[0]?.id
      const silent: string[] = []
      let served = 0
      const writes = routes().filter(({ method }) => method !== 'GET' && method !== 'HEAD')
      for (const route of writes.toSorted((a, b) => orderOf(a) - orderOf(b))) {
        const before = newest()
        const { status } = await ask({ route, app: APP, id: there }, writer)
        if (status >= 400) continue
        served += 1
        if (newest() === before && SILENT_ROUTES[keyOf(route)] === undefined)
          silent.push(keyOf(route))
      }

      expect(silent).toEqual([])
      expect(served).toBeGreaterThan(20)
      const known = new Set(server.routes.map(keyOf))
      expect(Object.keys(SILENT_ROUTES).filter((route) => !known.has(route))).toEqual([])
      expect(await server.audit.verify()).toMatchObject({ intact: true })
    }, 300_000)
  })
}

/** What takes things away comes last. */
const orderOf = ({ method, url }: DeclaredRoute): number =>
  Number(method === 'DELETE') + Number(/^\/api\/v1\/apps\/:name$/.test(url))

/** The lines that only one of them has. */
function differenceOf(one: string, other: string): string {
  const [left, right] = [one.split('\n'), other.split('\n')]
  const only = (lines: string[], others: string[]) => lines.filter((line) => !others.includes(line))
  return `${only(left, right).join(' ')} / ${only(right, left).join(' ')}`
}

/** `:id` alone says nothing: `tokens:id` does. */
function nameOfParam({ url }: DeclaredRoute, name: string): string {
  if (name !== 'id') return name
  const noun = url.split('/:id', 1).join('').split('/').at(-1)
  return `${noun}:id`
}
