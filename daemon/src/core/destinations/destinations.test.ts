import { CreateBackup, CreateDestination } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { type BackupHarness, createBackupHarness } from '#test/backup-harness.ts'

let harness: BackupHarness
beforeEach(() => {
  harness = createBackupHarness()
})

const wish = (kind: string, settings: Record<string, string | number>, name = 'vault') =>
  CreateDestination.parse({ name, kind, settings })
const SFTP = {
  host: 'backup.example',
  user: 'me',
  hostKey: `backup.example ssh-ed25519 ${'A'.repeat(68)}`,
  password: 'zqsecret-password',
}

describe('a destination', () => {
  it('is made with a key of ours that is shown once, and never stands anywhere in the clear', async () => {
    const { destinations, actor } = harness

    const created = await destinations.create(actor, wish('sftp', SFTP))

    expect(created.repositoryKey).toMatch(/^[\w-]{43}$/)
    expect(created.meaning).toMatch(/Without this key nobody can read/)
    expect(created.destination).toMatchObject({ kind: 'sftp', isDefault: true })
    expect(created.location).toMatch(/^sftp:\/\/me@backup.example:22\/vastrox\/vastrox-/)
    const shown = JSON.stringify([
      destinations.list(actor),
      harness.audit.list(actor, { limit: 50 }),
    ])
    for (const secret of [SFTP.password, created.repositoryKey]) {
      expect(shown).not.toContain(secret)
      expect(harness.atRest()).not.toContain(secret)
    }
    expect((await destinations.revealKey(actor, 'vault')).repositoryKey).toBe(created.repositoryKey)
    expect(harness.audited()).toEqual(
      expect.arrayContaining(['destination.create vault', 'destination.reveal-key vault']),
    )
  })

  it.each([
    [
      'sftp',
      { ...SFTP, hostKey: 'ssh-ed25519 no key at all, but long enough to be one' },
      /hostKey/,
    ],
    ['sftp', { ...SFTP, password: '' }, /password or a private key/],
    ['sftp', { ...SFTP, path: '../../etc' }, /upwards/],
    ['sftp', { ...SFTP, host: '-oProxyCommand=x' }, /host/],
    ['sftp', { ...SFTP, nothing: 'x' }, /nothing is no setting/],
    ['s3', { endpoint: 'https://s3.example/bucket', bucket: 'abc' }, /endpoint/],
    ['local', { rootId: 'root99999999' }, /root registers one/],
  ] as const)(
    'of kind %s is refused in words where its settings are wrong',
    async (kind, settings, reason) => {
      await expect(
        harness.destinations.create(harness.actor, wish(kind, { ...settings })),
      ).rejects.toMatchObject({
        code: 'DESTINATION_SETTINGS_INVALID',
        details: { reason: expect.stringMatching(reason) },
      })
      expect(harness.destinations.list(harness.actor)).toEqual([])
    },
  )

  it('that does not answer is not kept', async () => {
    harness.node.mishaps.push('unreachable')

    await expect(harness.addDestination()).rejects.toMatchObject({
      code: 'DESTINATION_UNREACHABLE',
    })
    expect(harness.destinations.list(harness.actor)).toEqual([])
  })

  it('on local disk is for the operators alone, and none is seen by another team', async () => {
    await harness.addDestination()
    const { destinations, stranger } = harness

    expect(await destinations.roots(harness.actor)).toHaveLength(1)
    expect(await destinations.roots(stranger)).toEqual([])
    await expect(
      destinations.create(stranger, wish('local', { rootId: 'root00000001' })),
    ).rejects.toMatchObject({ code: 'DESTINATION_SETTINGS_INVALID' })
    expect(destinations.list(stranger)).toEqual([])
    await expect(destinations.revealKey(stranger, 'vault')).rejects.toMatchObject({
      code: 'DESTINATION_NOT_FOUND',
    })
  })

  it('keeps what is not said when it is changed, its secrets too, and is the default one alone', async () => {
    const { destinations, actor } = harness
    await destinations.create(actor, wish('sftp', SFTP, 'far'))
    await harness.addDestination('near')

    await destinations.change(actor, 'near', { isDefault: true })
    const changed = await destinations.change(actor, 'far', { settings: { user: 'other' } })

    expect(changed.settings).toMatchObject({ host: 'backup.example', user: 'other' })
    expect(destinations.list(actor).map(({ name, isDefault }) => [name, isDefault])).toEqual([
      ['far', false],
      ['near', true],
    ])
  })

  it('is told its secrets once more for another host: nobody has them sent elsewhere', async () => {
    const { destinations, actor, node } = harness
    await destinations.create(actor, wish('sftp', SFTP, 'far'))
    const before = node.calls.length

    await expect(
      destinations.change(actor, 'far', { settings: { host: 'other.example' } }),
    ).rejects.toMatchObject({ code: 'DESTINATION_SETTINGS_INVALID' })

    expect(node.calls).toHaveLength(before)
    expect(destinations.get(actor, 'far').settings).toMatchObject({ host: 'backup.example' })
  })

  it('that is away keeps no other backup waiting, and its removals are ended once it is back', async () => {
    await harness.addDestination()
    harness.addAddon()
    const { id } = await harness.backUp('addon:shop-db')
    const { actor, backups, clock, destinations } = harness
    const { node } = harness.node
    const list = node.listSnapshots.bind(node)
    node.listSnapshots = async (repository, tag) => {
      if (tag === `backup=${id}`) throw new CodedError('DESTINATION_UNREACHABLE')
      return list(repository, tag)
    }

    backups.remove(actor, id, 'shop-db')
    await clock.settle()
    const next = backups.create(actor, 'addon:shop-db', CreateBackup.parse({}))
    await clock.pass(5_000)
    expect(backups.get(actor, next.id).state).toBe('done')
    await clock.pass(3_600_000)
    expect(backups.get(actor, id).state).toBe('removing')
    node.listSnapshots = list
    harness.takeUp()
    await clock.settle()

    expect(harness.list().map((one) => one.id)).toEqual([next.id])
    node.listSnapshots = async () => {
      throw new CodedError('DESTINATION_UNREACHABLE')
    }
    backups.remove(actor, next.id, 'shop-db')
    await clock.settle()
    destinations.remove(actor, 'vault', 'vault')
    expect(harness.list()).toEqual([])
    await clock.pass(3_600_000)
    expect(harness.problems).toEqual([])
  })

  it('is not taken for itself where another repository lies at its place', async () => {
    await harness.addDestination()
    const { node } = harness.node
    node.openRepository = async () => ({ repositoryId: 'another', created: false })

    await expect(harness.destinations.test(harness.actor, 'vault')).rejects.toMatchObject({
      code: 'DESTINATION_OTHER_REPOSITORY',
    })
  })

  it('is forgotten by name, once nothing needs it; what is there stays there', async () => {
    await harness.addDestination()
    harness.addAddon()
    await harness.backUp('addon:shop-db')
    const { destinations, schedules, actor } = harness
    const { id } = schedules.create(actor, scheduleOf())
    const remove = (confirm: string) => () => destinations.remove(actor, 'vault', confirm)

    expect(remove('vaul')).toThrow(expect.objectContaining({ code: 'CONFIRMATION_WRONG' }))
    expect(remove('vault')).toThrow(expect.objectContaining({ code: 'DESTINATION_IN_USE' }))
    schedules.remove(actor, id)
    harness.node.mishaps.push('hang')
    const running = harness.backups.create(actor, 'addon:shop-db', CreateBackup.parse({}))
    expect(remove('vault')).toThrow(expect.objectContaining({ code: 'DESTINATION_IN_USE' }))
    expect(harness.list()).toHaveLength(2)
    await harness.clock.until(harness.backups.cancel(actor, running.id))
    remove('vault')()

    expect(destinations.list(actor)).toEqual([])
    expect(harness.list()).toEqual([])
    expect(harness.node.snapshots()).toHaveLength(1)
  })
})

describe('a check of a destination', () => {
  it('says which backups a flipped bit has hit, and tells the team', async () => {
    await harness.addDestination()
    harness.addAddon()
    const hit = await harness.backUp('addon:shop-db')
    const sound = await harness.backUp('addon:shop-db')
    harness.node.flip(harness.store.findForPlatform(hit.id)?.snapshotId ?? '')

    const checked = await check()

    expect(checked.checkFailure).toMatch(
      `1 backups cannot be restored from here any more: addon:shop-db (${hit.id})`,
    )
    expect(harness.list().map(({ id, damage }) => [id, damage !== null])).toEqual([
      [sound.id, false],
      [hit.id, true],
    ])
    expect(harness.news).toMatchObject([
      { event: 'destination.failed', data: { destination: 'vault', backups: [{ id: hit.id }] } },
    ])
  })

  it('takes the mark away again where all of it was read and is sound', async () => {
    await harness.addDestination()
    harness.addAddon()
    const { id } = await harness.backUp('addon:shop-db')
    const snapshot = harness.store.findForPlatform(id)?.snapshotId ?? ''
    harness.node.flip(snapshot)
    await check()
    harness.node.flip(snapshot)

    expect((await check()).checkFailure).toBeNull()
    expect(harness.list()[0]?.damage).toBeNull()
  })

  it('comes by itself every week, and reads everything in the fourth, where there is something', async () => {
    await harness.addDestination()
    await harness.addDestination('empty')
    harness.addAddon()
    await harness.backUp('addon:shop-db')

    for (let week = 0; week < 5; week += 1) {
      await harness.clock.pass(7 * 86_400_000 + 60_000)
      harness.checks.runDue()
      await harness.clock.settle()
    }

    expect(harness.node.calls.filter((call) => call.startsWith('check'))).toEqual([
      'check 25',
      'check 25',
      'check 25',
      'check 100',
      'check 25',
    ])
    expect(harness.destinations.get(harness.actor, 'vault').checkedAt).not.toBeNull()
    expect(harness.destinations.get(harness.actor, 'empty').checkedAt).toBeNull()
  })

  it('leaves of a thousand failures the newest hundred of each subject', async () => {
    await harness.addDestination()
    const { id } = harness.addAddon('shop-db', 'no end')
    harness.addAddon('other', 'no end')
    await harness.backUp('addon:other')
    for (let time = 0; time < 105; time += 1) await harness.backUp('addon:shop-db')
    harness.node.addons.set(id, Buffer.from('rows END'))
    const good = await harness.backUp('addon:shop-db')

    harness.checks.runDue()

    const left = harness.store.listOfSubjectForPlatform({ type: 'addon', id })
    expect(left.filter(({ state }) => state === 'failed')).toHaveLength(100)
    expect(left[0]?.id).toBe(good.id)
    expect(harness.list('addon:other')).toHaveLength(1)
  })

  async function check() {
    const { checks, destinations, actor } = harness
    checks.check(actor, 'vault')
    await harness.clock.until(checks.until(destinations.find(actor, 'vault').id))
    return destinations.get(actor, 'vault')
  }
})

const scheduleOf = () => ({
  subject: 'addon:shop-db',
  schedule: '@daily',
  timeZone: null,
  retention: { last: 7, daily: 14, weekly: 8, monthly: 6 },
  mode: 'live' as const,
})
