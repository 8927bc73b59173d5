import type { LiveEvent } from '@vastrox/shared/live-event.ts'
import { describe, expect, it } from 'vitest'
import { createAppHarness } from '#test/app-harness.ts'
import { deployToken, owner } from '#test/fakes/actors.ts'

const coded = (code: string) => expect.objectContaining({ code })

describe('creating an app', () => {
  it('claims the name, tells where it will be, and leaves an audit event', () => {
    const { appService, actor, audited, events } = createAppHarness()
    const told: LiveEvent[] = []
    events.subscribe(actor.teamId, null, (event) => told.push(event))

    appService.create(actor, { name: 'blog' })

    expect(appService.get(actor, 'blog')).toMatchObject({
      name: 'blog',
      state: 'never-deployed',
      stack: null,
      urls: ['http://blog.localhost:8080', 'https://blog.localhost'],
      gitUrl: 'https://localhost:8443/git/blog.git',
      gitSshUrl: 'ssh://git@localhost:2222/blog.git',
      liveRelease: null,
    })
    expect(audited()).toEqual(['app.create blog'])
    expect(told.map(({ type, app }) => [type, app])).toEqual([['app.created', 'blog']])
  })

  it('refuses a name that is taken, by another team too, and leaves no trace of the attempt', () => {
    const { appService, actor, stranger, audited } = createAppHarness()
    appService.create(actor, { name: 'blog' })

    expect(() => appService.create(actor, { name: 'blog' })).toThrow(coded('APP_NAME_TAKEN'))
    expect(() => appService.create(stranger, { name: 'blog' })).toThrow(coded('APP_NAME_TAKEN'))

    expect(audited()).toEqual(['app.create blog'])
    expect(appService.list(stranger)).toEqual([])
  })

  it.each([
    'a',
    'Blog',
    '1blog',
    'blog-',
    'my_blog',
    'git',
    'www',
    'blog-pr-3',
    '-x',
    '../x',
    'x'.repeat(41),
    '',
  ])('refuses the name %j with a reason (rule C2)', (name) => {
    const { appService, actor, audited } = createAppHarness()

    expect(() => appService.create(actor, { name })).toThrow(coded('APP_NAME_INVALID'))
    expect(appService.list(actor)).toEqual([])
    expect(audited()).toEqual([])
  })

  it('is not for tokens that are limited to other apps', () => {
    const { appService, actor } = createAppHarness()

    expect(() => appService.create(deployToken(['some-app']), { name: 'blog' })).toThrow(
      coded('PERMISSION_DENIED'),
    )
    expect(appService.list(actor)).toEqual([])
  })
})

describe('looking at apps', () => {
  it('shows none of another team, nor apps that a token is not for (decision 11)', () => {
    const { appService, actor, stranger } = createAppHarness()
    const blog = appService.create(actor, { name: 'blog' })
    appService.create(actor, { name: 'shop' })
    const token = { ...deployToken([blog.id]), teamId: actor.teamId }

    expect(appService.list(token).map(({ name }) => name)).toEqual(['blog'])
    expect(() => appService.get(token, 'shop')).toThrow(coded('APP_NOT_FOUND'))
    expect(() => appService.get(stranger, 'blog')).toThrow(coded('APP_NOT_FOUND'))
    expect(() => appService.changeSettings(stranger, 'blog', { drainMs: 1 })).toThrow(
      coded('APP_NOT_FOUND'),
    )
  })

  it('gives pages by name', () => {
    const { appService, actor } = createAppHarness()
    for (const name of ['cc', 'aa', 'bb']) appService.create(actor, { name })

    const first = appService.listPage(actor, { limit: 2 })
    const second = appService.listPage(actor, { limit: 2, cursor: first.nextCursor ?? '' })

    expect([first, second].map(({ items }) => items.map(({ name }) => name))).toEqual([
      ['aa', 'bb'],
      ['cc'],
    ])
    expect(second.nextCursor).toBeNull()
  })

  it('shows each app of a page as it shows that app alone', async () => {
    const { appService, actor, deploy, instances, down } = createAppHarness()
    for (const name of ['aa', 'hello', 'zz']) appService.create(actor, { name })
    await deploy()
    await deploy()
    for (const { name } of instances()) down.add(name)

    const { items } = appService.listPage(actor, { limit: 10 })

    expect(items).toEqual(['aa', 'hello', 'zz'].map((name) => appService.get(actor, name)))
    expect(items).toMatchObject([
      { state: 'never-deployed', liveRelease: null, lastDeployment: null },
      { state: 'crashed', liveRelease: 2, lastDeployment: { number: 2 } },
      { state: 'never-deployed', urls: ['http://zz.localhost:8080', 'https://zz.localhost'] },
    ])
  })

  it('follows an app from its first deployment to a crash', async () => {
    const { appService, actor, push, end, down, instances } = createAppHarness()
    appService.create(actor, { name: 'hello' })
    const state = () => appService.get(actor, 'hello').state

    const deployment = await push()
    expect(state()).toBe('deploying')
    await end(deployment)
    expect(state()).toBe('running')
    expect(appService.get(actor, 'hello').liveRelease).toBe(1)

    for (const { name } of instances()) down.add(name)
    expect(state()).toBe('crashed')
  })
})

describe('changing settings', () => {
  it('says which wait for the next deployment, and audits what was changed', async () => {
    const { appService, actor, deploy, audited } = createAppHarness()
    appService.create(actor, { name: 'hello' })
    await deploy()

    const changed = appService.changeSettings(actor, 'hello', {
      memoryBytes: 2 ** 28,
      healthPath: '/up',
    })

    expect(changed.settings).toMatchObject({ memoryBytes: 2 ** 28, healthPath: '/up' })
    expect(changed.needsRedeploy).toEqual(['memoryBytes'])
    expect(audited().filter((line) => line.startsWith('app.change'))).toEqual(['app.change hello'])
    expect(appService.changeSettings(actor, 'hello', { healthPath: '/up' }).needsRedeploy).toEqual(
      [],
    )
    expect(audited().filter((line) => line.startsWith('app.change'))).toHaveLength(1)
  })
})

describe('the memory of an app', () => {
  const developer = owner({ permissions: new Set(['app.read', 'app.change', 'app.deploy']) })
  const exceeded = coded('NODE_MEMORY_EXCEEDED')

  it('is not set beyond what the server has, but by who may change the server', () => {
    const { appService, actor } = createAppHarness()
    appService.create(actor, { name: 'hello' })

    expect(() => appService.changeSettings(developer, 'hello', { memoryBytes: 2 ** 40 })).toThrow(
      exceeded,
    )
    expect(appService.get(actor, 'hello').settings.memoryBytes).toBe(2 ** 29)
    expect(
      appService.changeSettings(actor, 'hello', { memoryBytes: 2 ** 40 }).settings.memoryBytes,
    ).toBe(2 ** 40)
  })

  it('is not multiplied by scaling beyond what the server has', async () => {
    const { appService, actor, deploy, deployments } = createAppHarness()
    appService.create(actor, { name: 'hello' })
    await deploy()
    appService.changeSettings(actor, 'hello', { memoryBytes: 2 ** 40 })

    expect(() => deployments.scale(developer, 'hello', { web: 2 })).toThrow(exceeded)

    const { items } = deployments.list(actor, 'hello', { cursor: undefined, limit: 10 })
    expect(items.map(({ trigger }) => trigger)).toEqual(['push'])
    expect(deployments.scale(developer, 'hello', { web: 0 }).trigger).toBe('scale')
  })
})

describe('the memory of an app with scales that still wait', () => {
  const developer = owner({ permissions: new Set(['app.read', 'app.change', 'app.deploy']) })
  const exceeded = coded('NODE_MEMORY_EXCEEDED')

  it('is counted with what each of them may bring, so that two together do not exceed it', async () => {
    const { appService, actor, deploy, deployments, clock, end, node } = createAppHarness()
    appService.create(actor, { name: 'hello' })
    appService.changeSettings(actor, 'hello', { memoryBytes: 2 ** 30 })
    const files = { 'server.js': '', Procfile: 'web: node server.js\nworker: node w.js\n' }
    await deploy('a1', { files })
    await clock.pass(61_000)
    // Makes the limit ask the node, which says 4 GiB.
    await end(deployments.scale(developer, 'hello', { web: 1 }).id)

    const web = deployments.scale(developer, 'hello', { web: 3 })
    expect(() => deployments.scale(developer, 'hello', { worker: 2 })).toThrow(exceeded)
    expect(() => appService.changeSettings(developer, 'hello', { memoryBytes: 2 ** 31 })).toThrow(
      exceeded,
    )
    const worker = deployments.scale(developer, 'hello', { worker: 1 })

    await end(web.id)
    expect((await end(worker.id)).state).toBe('watching')
    await clock.pass(61_000)
    expect(node.running()).toHaveLength(4)
  })
})

describe('destroying an app', () => {
  it('asks for its name once more', async () => {
    const { appService, actor, audited } = createAppHarness()
    appService.create(actor, { name: 'blog' })

    await expect(appService.destroy(actor, 'blog', 'blob')).rejects.toThrow(
      coded('CONFIRMATION_WRONG'),
    )
    expect(appService.get(actor, 'blog').name).toBe('blog')
    expect(audited()).toEqual(['app.create blog'])
  })

  it('takes its routes and instances away and frees its name at once', async () => {
    const { appService, actor, deploy, clock, node, db, audited } = createAppHarness()
    const { id } = appService.create(actor, { name: 'hello' })
    await deploy()
    expect(node.running()).toHaveLength(1)

    await clock.until(appService.destroy(actor, 'hello', 'hello'))
    await clock.pass(60_000)

    expect(node.running()).toEqual([])
    expect(db.prepare('SELECT count(*) FROM routes').pluck().get()).toBe(0)
    expect(() => appService.get(actor, 'hello')).toThrow(coded('APP_NOT_FOUND'))
    expect(audited()).toContain('app.destroy hello')
    expect(appService.create(actor, { name: 'hello' }).id).not.toBe(id)
  })

  it('can be taken back within 7 days: stopped, with its releases, unless the name is taken', async () => {
    const { appService, actor, stranger, deploy, clock, deployments, end } = createAppHarness()
    appService.create(actor, { name: 'hello' })
    await deploy()
    await clock.until(appService.destroy(actor, 'hello', 'hello'))
    await clock.pass(60_000)
    expect(appService.listTrash(actor).map(({ name }) => name)).toEqual(['hello'])
    expect(appService.listTrash(stranger)).toEqual([])

    expect(appService.restore(actor, 'hello').state).toBe('stopped')
    expect(appService.listTrash(actor)).toEqual([])
    const { id } = deployments.start(actor, 'hello')
    expect((await end(id)).state).toBe('watching')
    expect(appService.get(actor, 'hello')).toMatchObject({ state: 'running', liveRelease: 1 })

    await clock.until(appService.destroy(actor, 'hello', 'hello'))
    appService.create(actor, { name: 'hello' })
    expect(() => appService.restore(actor, 'hello')).toThrow(coded('APP_NAME_TAKEN'))
    expect(() => appService.restore(stranger, 'hello')).toThrow(coded('APP_NOT_IN_TRASH'))
  })
})
