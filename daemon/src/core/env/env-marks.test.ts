import { describe, expect, it } from 'vitest'
import { createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'

const coded = (code: string) => expect.objectContaining({ code })

async function setUp() {
  const harness = createAppHarness()
  harness.appService.create(harness.actor, { name: 'hello' })
  const { id } = harness.app()
  const { envService, actor } = harness
  const shown = (key: string) =>
    envService.list(actor, 'hello', { reveal: false }).find((each) => each.key === key)
  return { ...harness, id, shown }
}

describe('what is said of a variable besides its value', () => {
  it('decides who gets it: what runs, the build, or both', async () => {
    const { envService, actor, values, id, deploy, node } = await setUp()
    envService.change(actor, 'hello', {
      RUN: 'at run time',
      BUILD: { value: 'at build time', phase: 'build' },
      BOTH: { value: 'at both', phase: 'both' },
    })

    expect(values.runtimeForPlatform(id)).toEqual({ RUN: 'at run time', BOTH: 'at both' })
    expect(values.buildKeysForPlatform(id).toSorted()).toEqual(['BOTH', 'BUILD'])
    await deploy()
    const [build] = node.builds
    expect(build?.secrets).toEqual({ BUILD: 'at build time', BOTH: 'at both' })
  })

  it('builds what runs anew where a build may have read it, and only then', async () => {
    const { envService, actor, deploy, clock, end } = await setUp()
    await deploy()
    await clock.pass(120_000)

    const first = envService.change(actor, 'hello', { A: { value: '1', phase: 'build' } })
    expect(first?.trigger).toBe('redeploy')
    await end(first?.id ?? '')
    await clock.pass(120_000)
    expect(envService.change(actor, 'hello', { B: '1' })?.trigger).toBe('env')
    expect(envService.change(actor, 'hello', { A: { phase: 'runtime' } })?.trigger).toBe('redeploy')
  })

  it('stays when only the value is set again, and can be changed alone', async () => {
    const { envService, actor, shown } = await setUp()
    envService.change(actor, 'hello', { A: { value: '1', phase: 'both', neverReveal: true } })
    envService.change(actor, 'hello', { A: '2' })
    expect(shown('A')).toMatchObject({ phase: 'both', neverReveal: true, isReference: false })

    envService.change(actor, 'hello', { A: { phase: 'runtime' } })
    expect(shown('A')).toMatchObject({ phase: 'runtime', neverReveal: true })
    expect(envService.listChanges(actor, 'hello')[0]).toMatchObject({ set: [], marked: ['A'] })
    expect(() => envService.change(actor, 'hello', { NONE: { phase: 'build' } })).toThrow(
      coded('ENV_KEY_NOT_FOUND'),
    )
  })

  it('can hide a value for good: nobody is shown it again, by no way', async () => {
    const { envService, actor, values, id } = await setUp()
    envService.change(actor, 'hello', {
      SECRET: { value: 'sesame-open', neverReveal: true },
      COPY: { value: '${{ env.SECRET }}', isReference: true },
    })

    expect(() => envService.reveal(actor, 'hello', 'SECRET')).toThrow(coded('ENV_NEVER_REVEALED'))
    expect(JSON.stringify(envService.list(actor, 'hello', { reveal: true }))).not.toContain(
      'sesame-open',
    )
    expect(envService.reveal(actor, 'hello', 'COPY').value).toBe('${{ env.SECRET }}')
    expect(() => envService.change(actor, 'hello', { SECRET: { neverReveal: false } })).toThrow(
      coded('ENV_NEVER_REVEALED'),
    )
    expect(values.runtimeForPlatform(id)).toEqual({ SECRET: 'sesame-open', COPY: 'sesame-open' })

    envService.change(actor, 'hello', { SECRET: { value: 'new', neverReveal: false } })
    expect(envService.reveal(actor, 'hello', 'SECRET').value).toBe('new')
    envService.change(actor, 'hello', { SECRET: { neverReveal: true } })
    envService.restore(actor, 'hello', 2)
    expect(() => envService.reveal(actor, 'hello', 'SECRET')).toThrow(coded('ENV_NEVER_REVEALED'))

    // Nor by unsetting it, or setting another one, and bringing back what was before it was hidden.
    for (const between of [null, 'another']) {
      envService.change(actor, 'hello', { SECRET: between, COPY: null })
      envService.restore(actor, 'hello', 2)
      expect(values.runtimeForPlatform(id)).toMatchObject({ SECRET: 'new' })
      expect(() => envService.reveal(actor, 'hello', 'SECRET')).toThrow(coded('ENV_NEVER_REVEALED'))
    }
  })

  it.each([
    ['hex', /^[0-9a-f]{64}$/],
    ['base64', /^[\w+/]{43}=$/],
    ['password', /^[A-Za-z2-9]{24}$/],
    ['uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ] as const)('can be how its value is made: %s', async (generate, form) => {
    const { envService, actor } = await setUp()
    envService.change(actor, 'hello', { A: { generate }, B: { generate } })

    const [one, other] = ['A', 'B'].map((key) => envService.reveal(actor, 'hello', key).value)
    expect(one).toMatch(form)
    expect(other).not.toBe(one)
  })

  it('refuses a reference that leads nowhere, and keeps nothing of the change', async () => {
    const { envService, actor, values, id } = await setUp()
    envService.change(actor, 'hello', {
      A: 'a value',
      B: { value: '${{ env.A }}', isReference: true },
    })

    expect(() => envService.change(actor, 'hello', { A: null, C: 'x' })).toThrow(
      coded('ENV_REFERENCE_INVALID'),
    )
    expect(values.plainForPlatform(id)).toEqual({ A: 'a value', B: 'a value' })
  })
})

describe('variables', () => {
  it('are a thousand at most, of which others may still be set and unset', async () => {
    const { envService, actor } = await setUp()
    const named = (from: number, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`V${from + at}`, '']))
    envService.change(actor, 'hello', named(0, 1_000))

    expect(() => envService.change(actor, 'hello', { ONE: 'more' })).toThrow(coded('ENV_TOO_LARGE'))
    envService.change(actor, 'hello', { ONE: 'more', V0: null, V1: 'changed' })
    expect(envService.list(actor, 'hello', { reveal: false })).toHaveLength(1_000)
  })
})

describe('the history of variables', () => {
  it('tells who changed which when, and never a value', async () => {
    const { envService, actor, atRest } = await setUp()
    envService.change(actor, 'hello', { A: 'first-value', B: 'stays-there' })
    envService.change(owner({ name: 'bob' }), 'hello', { A: 'second-value', B: null })

    const list = envService.listChanges(actor, 'hello')
    expect(list).toMatchObject([
      { number: 2, actor: 'bob', set: ['A'], unset: ['B'], restored: null },
      { number: 1, actor: 'anna', set: ['A', 'B'], unset: [] },
    ])
    for (const text of [JSON.stringify(list), atRest()]) {
      expect(text).not.toContain('first-value')
      expect(text).not.toContain('second-value')
    }
  })

  it('brings back an earlier state as a change of its own, and deploys it', async () => {
    const { envService, actor, values, id, deploy, clock } = await setUp()
    await deploy()
    await clock.pass(120_000)
    envService.change(actor, 'hello', { A: '1', B: { value: '2', phase: 'both' } })
    envService.change(actor, 'hello', { A: 'other', B: null, C: '3' })

    const deployment = envService.restore(actor, 'hello', 1)

    expect(deployment).toMatchObject({ trigger: 'redeploy', state: 'queued' })
    expect(values.plainForPlatform(id)).toEqual({ A: '1', B: '2' })
    expect(envService.listChanges(actor, 'hello')[0]).toMatchObject({
      number: 3,
      restored: 1,
      set: ['A', 'B'],
      unset: ['C'],
    })
    expect(() => envService.restore(actor, 'hello', 99)).toThrow(coded('ENV_CHANGE_NOT_FOUND'))
    expect(envService.restore(actor, 'hello', 3)).toBeNull()
  })

  it('keeps what was there before it began, and only so many', async () => {
    const { envService, actor, values, env, id, db } = await setUp()
    env.save(actor, {
      appId: id,
      key: 'OLD',
      sealed: values.seal(id, 'OLD', 'old'),
      phase: 'runtime',
      neverReveal: false,
      isReference: false,
      changedAt: new Date(0).toISOString(),
    })
    envService.change(actor, 'hello', { OLD: null, NEW: '0' })
    envService.restore(actor, 'hello', 1)
    expect(values.plainForPlatform(id)).toEqual({ OLD: 'old' })

    for (let at = 0; at < 40; at++) envService.change(actor, 'hello', { NEW: `${at}` })
    expect(envService.listChanges(actor, 'hello')).toHaveLength(30)
    expect(db.prepare('SELECT count(*) FROM env_changes').pluck().get()).toBe(30)
  })
})

describe('the difference between the env of two releases', () => {
  it('names what was added, removed and changed, and no value', async () => {
    const { envService, actor, deploy, clock, end, releases, db } = await setUp()
    envService.change(actor, 'hello', { SAME: 'same', OLD: 'old', TURNED: 'before-value' })
    await deploy()
    await clock.pass(120_000)
    const changed = envService.change(actor, 'hello', { OLD: null, TURNED: 'after', NEW: 'new' })
    await end(changed?.id ?? '')

    const difference = envService.difference(actor, 'hello', 2)
    expect(difference).toEqual({
      release: 2,
      before: 1,
      added: ['NEW'],
      removed: ['OLD'],
      changed: ['TURNED'],
    })
    expect(envService.difference(actor, 'hello', 1)).toMatchObject({
      before: null,
      added: ['OLD', 'SAME', 'TURNED'],
      changed: [],
    })
    expect(() => envService.difference(actor, 'hello', 9)).toThrow(coded('RELEASE_NOT_FOUND'))
    expect(releases.list(actor, 'hello')).toHaveLength(2)
    db.prepare("UPDATE releases SET env_sealed = x'' WHERE number = 1").run()
    expect(envService.difference(actor, 'hello', 2)).toMatchObject({
      added: ['NEW'],
      changed: null,
    })
  })
})
