import { describe, expect, it } from 'vitest'
import { createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'

const coded = (code: string, reason = /./) =>
  expect.objectContaining({
    code,
    ...(reason.source === '.'
      ? {}
      : { details: expect.objectContaining({ reason: expect.stringMatching(reason) }) }),
  })

async function setUp() {
  const harness = createAppHarness()
  const { appService, actor, envGroups, values } = harness
  appService.create(actor, { name: 'hello' })
  appService.create(actor, { name: 'shop' })
  envGroups.create(actor, { name: 'mail', set: { SMTP_HOST: 'mail.example', FROM: 'group' } })
  const valuesOf = (name: string) => values.plainForPlatform(harness.app(name).id)
  return { ...harness, valuesOf }
}

describe('an env group', () => {
  it('gives its variables to every app that has it, under the app’s own', async () => {
    const { envGroups, envService, actor, valuesOf } = await setUp()
    envService.change(actor, 'shop', { FROM: 'own' })
    envGroups.attach(actor, 'hello', ['mail'])
    envGroups.attach(actor, 'shop', ['mail'])

    expect(valuesOf('hello')).toEqual({ SMTP_HOST: 'mail.example', FROM: 'group' })
    expect(valuesOf('shop')).toEqual({ SMTP_HOST: 'mail.example', FROM: 'own' })
    expect(envGroups.list(actor)).toMatchObject([{ name: 'mail', apps: ['hello', 'shop'] }])
    expect(
      envService
        .list(actor, 'shop', { reveal: false })
        .map(({ key, group, isOverridden }) => [key, group, isOverridden]),
    ).toEqual([
      ['FROM', null, false],
      ['FROM', 'mail', true],
      ['SMTP_HOST', 'mail', false],
    ])
  })

  it('goes over those before it, in the order that was said', async () => {
    const { envGroups, actor, valuesOf } = await setUp()
    envGroups.create(actor, { name: 'other', set: { FROM: 'other' } })

    envGroups.attach(actor, 'hello', ['mail', 'other'])
    expect(valuesOf('hello')['FROM']).toBe('other')
    envGroups.attach(actor, 'hello', ['other', 'mail'])
    expect(valuesOf('hello')['FROM']).toBe('group')
    expect(envGroups.listOfApp(actor, 'hello')).toEqual(['other', 'mail'])
    envGroups.attach(actor, 'hello', [])
    expect(valuesOf('hello')).toEqual({})
  })

  it('deploys every app that has it and is live, once a change', async () => {
    const { envGroups, actor, deploy, clock, end } = await setUp()
    await deploy()
    await clock.pass(120_000)
    const attached = envGroups.attach(actor, 'hello', ['mail'])
    expect(attached).toMatchObject({ trigger: 'env', app: 'hello' })
    envGroups.attach(actor, 'shop', ['mail'])
    await end(attached?.id ?? '')

    const deployments = envGroups.change(actor, 'mail', { FROM: 'changed', NEW: 'x' })

    expect(deployments).toMatchObject([{ app: 'hello', trigger: 'env' }])
    expect(envGroups.change(actor, 'mail', { FROM: 'changed' })).toEqual([])
    expect(envGroups.attach(actor, 'hello', ['mail'])).toBeNull()
  })

  it('is refused a change that would leave a reference of an app nowhere to lead', async () => {
    const { envGroups, envService, actor, valuesOf } = await setUp()
    envGroups.attach(actor, 'hello', ['mail'])
    envService.change(actor, 'hello', {
      URL: { value: 'smtp://${{ group.mail.SMTP_HOST }}', isReference: true },
    })

    expect(() => envGroups.change(actor, 'mail', { SMTP_HOST: null })).toThrow(
      coded('ENV_REFERENCE_INVALID', /URL refers to group\.mail\.SMTP_HOST/),
    )
    expect(() => envGroups.attach(actor, 'hello', [])).toThrow(coded('ENV_REFERENCE_INVALID'))
    expect(valuesOf('hello')['URL']).toBe('smtp://mail.example')
  })

  it('is not destroyed while an app has it', async () => {
    const { envGroups, actor } = await setUp()
    envGroups.attach(actor, 'hello', ['mail'])
    expect(() => envGroups.destroy(actor, 'mail')).toThrow(
      coded('ENV_GROUP_ATTACHED', /attached to hello/),
    )
    envGroups.attach(actor, 'hello', [])
    envGroups.destroy(actor, 'mail')
    expect(envGroups.list(actor)).toEqual([])
  })

  it('has a history, and can be brought back to an earlier state', async () => {
    const { envGroups, actor } = await setUp()
    envGroups.change(actor, 'mail', { FROM: 'second', SMTP_HOST: null })
    envGroups.restore(actor, 'mail', 1)

    expect(envGroups.reveal(actor, 'mail', 'FROM').value).toBe('group')
    expect(
      envGroups.listChanges(actor, 'mail').map(({ number, restored }) => [number, restored]),
    ).toEqual([
      [3, 1],
      [2, null],
      [1, null],
    ])
  })

  it('is of its team, and needs a right of its own', async () => {
    const { envGroups, actor, stranger, valuesOf, audited } = await setUp()
    const developer = owner({ permissions: new Set(['env-group.read', 'env.read', 'env.change']) })
    const limited = owner({ appIds: new Set(['x']) })

    expect(envGroups.list(stranger)).toEqual([])
    expect(() => envGroups.change(stranger, 'mail', { A: 'x' })).toThrow(
      coded('ENV_GROUP_NOT_FOUND'),
    )
    expect(envGroups.list(developer)[0]?.variables.every(({ value }) => value === null)).toBe(true)
    for (const who of [developer, limited]) {
      expect(() => envGroups.change(who, 'mail', { A: 'x' })).toThrow(coded('PERMISSION_DENIED'))
      expect(() => envGroups.reveal(who, 'mail', 'FROM')).toThrow(coded('PERMISSION_DENIED'))
      expect(() => envGroups.destroy(who, 'mail')).toThrow(coded('PERMISSION_DENIED'))
    }
    expect(() => envGroups.attach(developer, 'hello', ['mail'])).toThrow(coded('PERMISSION_DENIED'))
    expect(valuesOf('hello')).toEqual({})
    envGroups.reveal(actor, 'mail', 'FROM')
    expect(audited()).toEqual([
      'app.create hello',
      'app.create shop',
      'env-group.create mail',
      'env-group.change mail',
      'env-group.reveal mail',
    ])
  })

  it('is hidden in the logs of the apps that have it', async () => {
    const { envGroups, actor, values, app } = await setUp()
    envGroups.change(actor, 'mail', { PASSWORD: 'sesame-open' })
    const hide = () => {
      const redactor = values.redactorFor(app('hello').id)
      return redactor.push('it is sesame-open') + redactor.end()
    }
    expect(hide()).toBe('it is sesame-open')
    envGroups.attach(actor, 'hello', ['mail'])
    expect(hide()).toBe('it is [redacted]')
  })
})
