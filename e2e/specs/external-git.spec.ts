import {
  ConnectedExternal,
  SourceNetworks,
  WebhookDelivery,
} from '@vastrox/shared/external-source.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deploymentsOf, destroyApp, tinyApp, untilSettled, versionOf } from '#support/apps.ts'
import { type GitHostStub, startGitHost } from '#support/git-host/git-host.ts'
import { HOST_KINDS, messageOf, sendHook } from '#support/git-host/webhooks.ts'
import { connectInstallation, until } from '#support/installation.ts'

const vastrox = connectInstallation()
const IS_LONG = process.env['VASTROX_LONG'] === '1'
const [EACH, BURST] = ['ext-each', 'ext-burst']
const PUSHES = 100
const WITHIN_MS = 10_000
const WebhookDeliveries = z.object({ items: z.array(WebhookDelivery) })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

let host: GitHostStub
let networksBefore: SourceNetworks
let each: App
let burst: App
/** It goes on beside the other tests. */
let bursting: Promise<Burst>

beforeAll(async () => {
  networksBefore = await vastrox.read(SourceNetworks, '/source-networks')
  host = await startGitHost()
  // What an operator does whose Git host is in a network of their own.
  await put('/source-networks', { allowed: ['127.0.0.0/8', '::1/128'] })
  await put('/source-authorities', { certificates: host.ca })
  ;[each, burst] = await Promise.all([follow(EACH, 12), follow(BURST, PUSHES + 1)])
  bursting = pushOften(burst, 'github')
  bursting.catch(() => {})
})
afterAll(async () => {
  await bursting.catch(() => {})
  await Promise.all([destroyApp(vastrox, EACH), destroyApp(vastrox, BURST)])
  await put('/source-networks', networksBefore)
  await put('/source-authorities', { certificates: '' })
  host.close()
})

describe('an app that follows a repository of another host', () => {
  it.each(HOST_KINDS)('is deployed by a push that %s tells of, once', async (kind) => {
    const at = HOST_KINDS.indexOf(kind) + 1
    await each.repository.push(at)
    const message = messageOf(kind, each.secret, {
      event: 'push',
      sha: each.repository.shas[at] ?? '',
    })

    const told = await sendHook(vastrox, each.hook, message)

    expect(told.status, told.body).toBe(202)
    expect(JSON.parse(told.body)).toMatchObject({ hostKind: kind, state: 'waiting' })
    await until(`version ${at}`, async () => (await versionOf(vastrox, EACH)) === `v${at}`)
    expect(await newest(EACH)).toMatchObject({
      state: 'deployed',
      sha: each.repository.shas[at],
      ref: 'refs/heads/main',
    })
    // The very message again, as a network or somebody who listens may send it.
    const before = await deploymentsOf(vastrox, EACH)
    expect((await sendHook(vastrox, each.hook, message)).status).toBe(202)
    await until('nothing to wait', async () => (await newest(EACH)).state !== 'waiting')
    expect(await deploymentsOf(vastrox, EACH)).toHaveLength(before.length)
  })

  it.each(HOST_KINDS)(
    'does nothing by a wrong signature, a ping, a tag or a deleted branch of %s',
    async (kind) => {
      const before = await deploymentsOf(vastrox, EACH)
      const sha = each.repository.shas[11] ?? ''
      const forged = messageOf(kind, 'f'.repeat(64), { event: 'push', sha })
      expect((await sendHook(vastrox, each.hook, forged)).status).toBe(401)
      expect((await newest(EACH)).state).toBe('refused')

      const say = async (event: 'tag' | 'delete' | 'ping', ref?: string): Promise<string> => {
        const message = messageOf(kind, each.secret, { event, sha, ...(ref ? { ref } : {}) })
        const told = await sendHook(vastrox, each.hook, message)
        expect(told.status, told.body).toBe(202)
        const { state, reason } = await newest(EACH)
        expect(state).toBe('nothing')
        return reason
      }
      await each.repository.tag(11, 'v1')
      expect(await say('tag')).toContain('refs/tags/v1 is not what is deployed')
      expect(await say('delete', 'refs/heads/dev')).toContain('refs/heads/dev was deleted')
      expect(await say(kind === 'gitlab' ? 'delete' : 'ping')).toMatch(
        /The webhook works|was deleted/,
      )
      expect(await deploymentsOf(vastrox, EACH)).toHaveLength(before.length)
    },
  )

  it('is at the last of a hundred pushes within ten seconds, with none refused and none deployed twice', async () => {
    const { statuses, tookMs, failed } = await bursting

    expect(statuses).toEqual(Array.from({ length: PUSHES }, () => 202))
    expect(tookMs).toBeLessThan(4 * WITHIN_MS)
    await until('the last push', async () => (await versionOf(vastrox, BURST)) === `v${PUSHES}`)
    expect(await untilSettled(vastrox, BURST)).toMatchObject({
      commit: { sha: burst.repository.shas[PUSHES] },
      reason: null,
    })
    const all = await deploymentsOf(vastrox, BURST)
    const deployed = all.map(({ commit }) => commit?.sha)
    expect(new Set(deployed).size).toBe(deployed.length)
    // The newest first, as they were pushed: no older commit came after a newer one.
    const order = deployed.map((sha) => burst.repository.shas.indexOf(sha ?? ''))
    expect(order).toEqual(order.toSorted((first, second) => second - first))
    // The one before is live until the watch over the last has ended.
    const others = all.slice(1).map(({ state }) => state)
    expect(others.filter((state) => state !== 'superseded' && state !== 'live')).toEqual([])
    await until('no delivery to wait', async () =>
      (await deliveries(BURST)).every(({ state }) => state !== 'waiting'),
    )
    expect(failed).toBe(0)
  })

  it.each(IS_LONG ? HOST_KINDS.slice(1) : [])(
    'is at the last of a hundred pushes that %s tells of',
    async (kind) => {
      await burst.repository.push(0)
      await vastrox.api('POST', `/apps/${BURST}/sources/git/fetch`, {})
      await until('the first again', async () => (await versionOf(vastrox, BURST)) === 'v0')
      await pause(60_000)

      const { statuses, failed } = await pushOften(burst, kind)

      expect(statuses.every((status) => status === 202)).toBe(true)
      await until('the last push', async () => (await versionOf(vastrox, BURST)) === `v${PUSHES}`)
      expect(failed).toBe(0)
    },
  )
})

interface App {
  name: string
  hook: string
  secret: string
  repository: Awaited<ReturnType<GitHostStub['repository']>>
}
interface Burst {
  statuses: number[]
  tookMs: number
  /** Visitors' requests meanwhile that were not answered. */
  failed: number
}

/** Each commit is an app that says its number; the first is live when this comes back. */
async function follow(name: string, commits: number): Promise<App> {
  const versions = Array.from({ length: commits }, (_none, at) => tinyApp(`v${at}`))
  const repository = await host.repository(name, versions)
  await repository.push(0)
  await vastrox.api('POST', '/apps', { name })
  const answer = await put(`/apps/${name}/sources/git`, {
    url: host.url(name),
    access: 'open',
    pollEveryMs: null,
  })
  const { source, webhookSecret } = ConnectedExternal.parse(JSON.parse(answer))
  await until(`${name} to be live`, async () => (await versionOf(vastrox, name)) === 'v0')
  return { name, repository, hook: source.webhookUrl, secret: webhookSecret ?? '' }
}

async function pushOften(
  { name, repository, hook, secret }: App,
  kind: 'github' | 'gitlab' | 'gitea' | 'generic',
): Promise<Burst> {
  const begun = performance.now()
  const told: Promise<number>[] = []
  let failed = 0
  for (let at = 1; at <= PUSHES; at += 1) {
    await repository.push(at)
    const message = messageOf(kind, secret, { event: 'push', sha: repository.shas[at] ?? '' })
    told.push(sendHook(vastrox, hook, message).then(({ status }) => status))
    const due = begun + (at * WITHIN_MS) / PUSHES
    if (at % 10 === 0 && (await vastrox.visit(name)).status !== 200) failed += 1
    await pause(Math.max(0, due - performance.now()))
  }
  const statuses = await Promise.all(told)
  return { statuses, failed, tookMs: performance.now() - begun }
}

async function put(path: string, body: unknown): Promise<string> {
  const answer = await vastrox.api('PUT', path, body)
  if (answer.status !== 200) throw new Error(`PUT ${path}: ${answer.status} ${answer.body}`)
  return answer.body
}

const deliveries = async (app: string): Promise<WebhookDelivery[]> =>
  (await vastrox.read(WebhookDeliveries, `/apps/${app}/sources/git/deliveries`)).items

async function newest(app: string): Promise<WebhookDelivery> {
  const [first] = await deliveries(app)
  if (!first) throw new Error(`${app} has had no webhook`)
  return first
}
