import { createHmac } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { BranchName } from '@vastrox/shared/app.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { ConnectExternal, WebhookDelivery } from '@vastrox/shared/external-source.ts'
import { formatGitUrl, parseGitUrl } from '@vastrox/shared/git-url.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { createFullServer, type FullServer } from '#test/full-server.ts'
import { createHarness, createWorld } from '#test/harness.ts'
import { hookSender } from '#test/git/hook-sender.ts'
import { INJECTIONS } from '#test/injections.ts'

const MINUTE_MS = 60_000
const HOSTS = ['github', 'gitlab', 'gitea', 'forgejo', 'generic'] as const

let server: FullServer
let send: ReturnType<typeof hookSender>

beforeEach(async () => {
  server = await createFullServer()
  server.addApp()
  await server.start()
  server.sources.start()
  server.externalGit.commit('first')
  const wish = ConnectExternal.parse({
    url: 'https://git.example/a.git',
    access: 'open',
    pollEveryMs: null,
  })
  const { source, webhookSecret } = await server.sources.external.connect(
    server.actor,
    'hello',
    wish,
  )
  send = hookSender(server, source.webhookUrl, webhookSecret ?? '')
  await server.clock.pass(2 * MINUTE_MS)
})

const deployments = () =>
  server.deployments.list(server.actor, 'hello', { cursor: undefined, limit: 200 }).items
const deliveries = () => server.sources.webhooks.list(server.actor, 'hello')
const pass = (minutes = 2) => server.clock.pass(minutes * MINUTE_MS)

describe('a webhook of a Git host', () => {
  it.each(HOSTS)('of %s deploys what was pushed, and its delivery says so', async (host) => {
    server.externalGit.commit('second')

    const reply = await send({ host })
    await pass()

    expect(reply.statusCode, reply.body).toBe(202)
    expect(WebhookDelivery.parse(reply.json())).toMatchObject({
      state: 'waiting',
      event: expect.stringMatching(/push/i),
    })
    expect(deployments().map(({ commit }) => commit?.subject)).toEqual(['second', 'first'])
    expect(deliveries()).toMatchObject([
      {
        state: 'deployed',
        deployment: 2,
        ref: 'refs/heads/main',
        reason: expect.stringContaining('Deployment 2'),
      },
    ])
  })

  it.each(HOSTS)(
    'of %s does nothing where it is not signed as it should be, and that is told',
    async (host) => {
      server.externalGit.commit('second')

      const reply = await send({ host, secret: 'f'.repeat(64) })
      await pass()

      expect(reply.statusCode).toBe(401)
      expect(reply.json()).toMatchObject({ error: { code: 'WEBHOOK_SIGNATURE_WRONG' } })
      expect(deployments()).toHaveLength(1)
      expect(deliveries()).toMatchObject([{ state: 'refused', ref: null, sha: null }])
    },
  )

  it.each(HOSTS)('of %s that comes twice is done once', async (host) => {
    server.externalGit.commit('second')
    const hook = {
      host,
      id: 'one',
      body: JSON.stringify({ ref: 'refs/heads/main', after: 'a'.repeat(40) }),
    }

    const first = await send(hook)
    await pass()
    server.externalGit.commit('third')
    const again = await send(hook)
    await pass()

    expect(again.json()).toMatchObject({ id: first.json().id, state: 'deployed' })
    expect(deliveries()).toHaveLength(1)
    expect(deployments()).toHaveLength(2)
  })

  it.each(HOSTS)(
    'of %s with the words of an earlier one is another: a branch may go back and forth',
    async (host) => {
      const body = JSON.stringify({ ref: 'refs/heads/main', after: 'a'.repeat(40) })
      server.externalGit.commit('second')
      await send({ host, id: 'one', body })
      await pass()
      server.externalGit.commit('third')

      const other = await send({ host, id: 'two', body })
      await pass()

      expect(other.json()).toMatchObject({ state: 'waiting' })
      expect(deployments()[0]?.commit?.subject).toBe('third')
      expect(deliveries()).toHaveLength(2)
    },
  )

  it('of a script that always says the same is looked at each time', async () => {
    for (const subject of ['second', 'third', 'fourth']) {
      server.externalGit.commit(subject)
      expect((await send({ host: 'generic', id: null, body: '{}' })).statusCode).toBe(202)
      await pass()
    }

    expect(deployments().map(({ commit }) => commit?.subject)).toEqual([
      'fourth',
      'third',
      'second',
      'first',
    ])
  })

  it('that could not be followed is followed when the host delivers it again', async () => {
    const hook = {
      host: 'github',
      id: 'one',
      body: JSON.stringify({ ref: 'refs/heads/main' }),
    } as const
    server.externalGit.commit('second')
    server.externalGit.fail(new CodedError('HOST_UNREACHABLE', { reason: 'it is down' }))
    await send(hook)
    await pass()
    expect(deliveries()).toMatchObject([
      { state: 'failed', reason: expect.stringContaining('down') },
    ])

    server.externalGit.fail(undefined)
    await send(hook)
    await pass()

    expect(deliveries().map(({ state }) => state)).toEqual(['deployed', 'failed'])
    expect(deployments()).toHaveLength(2)
  })

  it('is taken again after 72 hours: what it asks for is to look', async () => {
    const hook = {
      host: 'github',
      id: 'one',
      body: JSON.stringify({ ref: 'refs/heads/main', after: 'a'.repeat(40) }),
    } as const
    await send(hook)
    await server.clock.pass(73 * 60 * MINUTE_MS)
    server.externalGit.commit('later')
    await send(hook)
    await pass()

    expect(deployments()[0]?.commit?.subject).toBe('later')
  })

  it.each(HOSTS)(
    'of %s says why it did nothing: a ping, another branch, a branch that has gone',
    async (host) => {
      server.externalGit.commit('second')
      if (host !== 'gitlab' && host !== 'generic') await send({ host, event: 'ping' })
      await send({ host, ref: 'refs/heads/dev' })
      await send({ host, event: 'tag' })
      await send({ host, event: 'delete' })
      await pass()

      expect(deployments()).toHaveLength(1)
      const reasons = deliveries().map(({ reason }) => reason)
      expect(reasons).toEqual(
        expect.arrayContaining([
          'refs/heads/dev is not what is deployed: the branch main.',
          'refs/tags/v1 is not what is deployed: the branch main.',
          'refs/heads/main was deleted: what is live stays live.',
        ]),
      )
      const pings = reasons.filter((reason) => reason === 'The webhook works.')
      expect(pings).toHaveLength(host === 'gitlab' || host === 'generic' ? 0 : 1)
    },
  )

  it('of an app that follows tags deploys a tag that matches', async () => {
    server.sources.external.change(server.actor, 'hello', {
      follow: { kind: 'tag', pattern: 'v*' },
    })
    server.externalGit.commit('tagged', { ref: 'refs/tags/v1' })
    await send({ host: 'github', event: 'tag' })
    await send({ host: 'github' })
    await pass()

    expect(deployments()[0]?.commit?.branch).toBe('v1')
    expect(
      deliveries()
        .map(({ state }) => state)
        .toSorted(),
    ).toEqual(['deployed', 'nothing'])
  })

  it('may come as a form, as GitHub sends it too', async () => {
    server.externalGit.commit('second')
    const { source, webhookSecret } = server.sources.external.renewWebhookSecret(
      server.actor,
      'hello',
    )
    const body = new URLSearchParams({
      payload: JSON.stringify({ ref: 'refs/heads/main', after: 'a'.repeat(40) }),
    }).toString()
    const reply = await server.fastify.inject({
      method: 'POST',
      url: new URL(source.webhookUrl).pathname,
      headers: {
        host: 'example.com:8443',
        'content-type': 'application/x-www-form-urlencoded',
        'x-github-event': 'push',
        'x-hub-signature-256': `sha256=${createHmac('sha256', webhookSecret ?? '')
          .update(body)
          .digest('hex')}`,
      },
      body,
    })
    await pass()

    expect(reply.statusCode).toBe(202)
    expect(deployments()).toHaveLength(2)
  })

  it('a hundred times in ten seconds: the last push wins, and none is deployed twice', async () => {
    const states: number[] = []
    for (let at = 0; at < 100; at += 1) {
      server.externalGit.commit(`push ${at}`)
      states.push((await send({ host: 'github' })).statusCode)
      await server.clock.pass(100)
    }
    await pass(10)

    // A host that is refused counts the webhook as broken, and may switch it off.
    expect(states.every((status) => status === 202)).toBe(true)
    const all = deployments()
    expect(all[0]?.commit?.subject).toBe('push 99')
    expect(all[0]?.release).not.toBeNull()
    // Each commit at most once; whatever else waited has made room for a newer one.
    const subjects = all.map(({ commit }) => commit?.subject)
    expect(new Set(subjects).size).toBe(subjects.length)
    // One for the first, one for each that had a look of its own, and those looks that the rest share.
    expect(all.length).toBeLessThanOrEqual(1 + 30 + 3)
    expect(all.slice(1).every(({ state }) => state === 'superseded')).toBe(true)
    expect(deliveries()).toHaveLength(100)
    expect(deliveries().filter(({ state }) => state === 'waiting')).toEqual([])
    expect(deliveries()[0]).toMatchObject({ state: expect.stringMatching(/deployed|nothing/) })
  })

  it('is refused where six hundred have come within a minute, and the next minute it is not', async () => {
    const states = new Map<number, number>()
    for (let at = 0; at < 620; at += 1) {
      const { statusCode } = await send({ host: 'github', ref: 'refs/heads/dev' })
      states.set(statusCode, (states.get(statusCode) ?? 0) + 1)
    }
    expect(Object.fromEntries(states)).toEqual({ 202: 600, 429: 20 })

    await pass()
    expect((await send({ host: 'github' })).statusCode).toBe(202)
  })

  it('is delivered again by hand, and judged by what the app follows today', async () => {
    await send({ host: 'github', ref: 'refs/heads/dev' })
    await pass()
    const [delivery] = deliveries()
    expect(delivery?.state).toBe('nothing')
    server.externalGit.commit('on dev', { ref: 'refs/heads/dev' })
    server.sources.external.change(server.actor, 'hello', {
      follow: { kind: 'branch', name: 'dev' },
    })

    const again = await server.clock.until(
      server.sources.webhooks.redeliver(server.actor, 'hello', delivery?.id ?? ''),
    )

    expect(again).toMatchObject({ state: 'deployed', deployment: 2 })
    await expect(server.sources.webhooks.redeliver(server.actor, 'hello', 'nope')).rejects.toThrow(
      expect.objectContaining({ code: 'DELIVERY_NOT_FOUND' }),
    )
  })

  it('that no app has is not found, and one of an app in the trash neither', async () => {
    const reply = await server.fastify.inject({
      method: 'POST',
      url: '/api/v1/hooks/00',
      headers: { host: 'example.com:8443' },
      body: '{}',
    })
    expect(reply.statusCode).toBe(404)
  })

  it('that no app has is refused before its body is read', async () => {
    const reply = await server.fastify.inject({
      method: 'POST',
      url: '/api/v1/hooks/00',
      headers: { host: 'example.com:8443', 'content-type': 'application/json' },
      body: 'x'.repeat(26 * 2 ** 20),
    })
    expect(reply.json()).toMatchObject({ error: { code: 'WEBHOOK_NOT_FOUND' } })
  })

  it('that says something else than a push is refused in words', async () => {
    for (const body of ['', 'null', '[]', '{"ref": 7}', '{"ref": {"a": 1}}', '{broken', '"x"'])
      expect((await send({ host: 'github', body })).statusCode, body).toBe(400)
  })
})

describe('a daemon that is stopped while it looks', () => {
  it('leaves the webhook waiting, and the next one goes on with it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'vastrox-hooks-'))
    const world = createWorld(join(dir, 'control.db'))
    const first = createHarness(world)
    first.addApp()
    await first.start()
    const wish = { url: 'https://git.example/a.git', access: 'open', pollEveryMs: null }
    world.externalGit.commit('first')
    const { source, webhookSecret } = await first.sources.external.connect(
      first.actor,
      'hello',
      ConnectExternal.parse(wish),
    )
    await world.clock.pass(2 * MINUTE_MS)
    world.externalGit.commit('second')
    const { promise, resolve } = Promise.withResolvers<void>()
    world.externalGit.hold(promise)
    const body = Buffer.from(JSON.stringify({ ref: 'refs/heads/main', after: 'a'.repeat(40) }))
    const hmac = createHmac('sha256', webhookSecret ?? '')
      .update(body)
      .digest('hex')
    const headers = { 'x-github-event': 'push', 'x-hub-signature-256': `sha256=${hmac}` }
    const delivery = first.sources.webhooks.receive(source.webhookUrl.split('/').at(-1) ?? '', {
      headers,
      body,
    })
    const stopped = first.sources.stop()
    resolve()
    await stopped
    expect(first.sources.webhooks.list(first.actor, 'hello')[0]?.state).toBe('waiting')
    first.kill()

    const next = createHarness(world)
    await next.start()
    next.sources.start()
    await world.clock.pass(2 * MINUTE_MS)

    expect(next.sources.webhooks.list(next.actor, 'hello')).toMatchObject([
      { id: delivery.id, state: 'deployed', deployment: 2 },
    ])
    rmSync(dir, { recursive: true })
  })
})

describe('sixty hostile strings', () => {
  it('are kept as the text they are, wherever a webhook says them', async () => {
    expect(INJECTIONS).toHaveLength(60)
    for (const [at, text] of INJECTIONS.entries()) {
      await server.clock.pass(3_000)
      const body = JSON.stringify({ ref: text, after: text, sha: text, message: text, at })
      const reply = await send({ host: 'gitea', body, id: `n${at}` })
      expect(reply.statusCode, text).toBe(202)
      const [delivery] = deliveries()
      expect(delivery).toMatchObject({ state: 'nothing', sha: null })
      const shown = text.replaceAll(/\p{C}/gu, '?')
      expect([shown, `refs/heads/${shown}`]).toContain(delivery?.ref)
    }
    expect(deployments()).toHaveLength(1)
    expect(existsSync('/tmp/vastrox-owned')).toBe(false)
  })

  it('are no address and no branch, and come back as they are in a commit message', async () => {
    for (const text of INJECTIONS) {
      const address = parseGitUrl(text)
      expect('reason' in address, text).toBe(true)
      const path = parseGitUrl(`https://git.example/${text}`)
      const kept = 'url' in path ? formatGitUrl(path.url) : `https://git.example/${text}`
      expect(kept).toBe(`https://git.example/${text}`)
      expect(BranchName.safeParse(text).success && /[^A-Za-z0-9._/+@-]/.test(text)).toBe(false)
    }
    for (const text of INJECTIONS.slice(0, 10)) {
      server.externalGit.commit(`say ${text.trim()}`)
      await server.clock.until(server.sources.external.fetch(server.actor, 'hello'))
      await pass()
      expect(deployments()[0]?.commit?.subject).toBe(`say ${text.trim()}`.split('\n')[0])
    }
  })
})

describe('webhooks with large bodies', () => {
  it('are held in memory two at a time for each app, and small ones pass beside them', async () => {
    const { source } = server.sources.external.renewWebhookSecret(server.actor, 'hello')
    const url = new URL(source.webhookUrl).pathname
    const headers = { host: 'example.com:8443', 'content-type': 'application/json' }
    /** Nothing comes of it, and it does not say how much will. */
    const bodies: Readable[] = []
    const open = () => {
      const payload = new Readable({ read() {} })
      bodies.push(payload)
      return server.fastify.inject({ method: 'POST', url, headers, payload })
    }
    const waiting = [open(), open()].map((sent) => sent.catch(() => undefined))

    expect((await open()).statusCode).toBe(429)
    expect((await send({ host: 'github', secret: 'f'.repeat(64) })).statusCode).toBe(401)

    for (const body of bodies) body.destroy()
    await Promise.race([Promise.all(waiting), new Promise((resolve) => setTimeout(resolve, 200))])
  })
})
