import type { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { keyScreen, setUpBackups } from '#agent/cli/install/backup-step.ts'

function daemonWith(destinations: { name: string }[], schedules: string[] = ['platform']) {
  const asked: string[] = []
  const allowed: string[] = []
  const answers: Record<string, unknown> = {
    destinations,
    'destinations:roots': [{ rootId: 'r1', path: '/mnt/backups' }],
    'destinations:add': { repositoryKey: 'the-key', location: '/mnt/backups/vastrox-1' },
    'backups:schedule': {},
    'backups:schedules': schedules.map((type) => ({ subject: { type } })),
  }
  return {
    asked,
    allowed,
    allow: async (path: string) => void allowed.push(path),
    async ask<Schema extends z.ZodType>(args: readonly string[], schema: Schema) {
      asked.push(args.join(' '))
      return schema.parse(answers[args[0] ?? ''])
    },
  }
}

describe('the first destination of backups', () => {
  it('is made where it was asked for, with the platform every day, and its key is given once', async () => {
    const daemon = daemonWith([])

    expect(await setUpBackups({ ...daemon, path: '/mnt/backups' })).toBe('the-key')
    expect(daemon.allowed).toEqual(['/mnt/backups'])
    expect(daemon.asked).toEqual([
      'destinations --json',
      'destinations:roots --json',
      'destinations:add main local rootId=r1 --default --json',
      'backups:schedule platform --destination main --json',
    ])
    expect(keyScreen('the-key', '/mnt/backups', 'vastrox')).toContain('the-key')
  })

  it('is not made a second time, nor where nobody asked for it', async () => {
    const again = daemonWith([{ name: 'main' }])
    expect(await setUpBackups({ ...again, path: '/mnt/backups' })).toBeUndefined()
    expect(again.allowed).toEqual([])

    const none = daemonWith([])
    expect(await setUpBackups({ ...none, path: undefined })).toBeUndefined()
    expect(none.asked).toEqual([])
  })

  it('is ended by the next run where one was cut off before the schedule', async () => {
    const daemon = daemonWith([{ name: 'main' }], ['addon'])

    expect(await setUpBackups({ ...daemon, path: '/mnt/backups' })).toBeUndefined()
    expect(daemon.asked).toEqual([
      'destinations --json',
      'backups:schedules --json',
      'backups:schedule platform --destination main --json',
    ])
    expect(daemon.allowed).toEqual([])
  })

  it('says so where the directory is not taken', async () => {
    const daemon = daemonWith([])

    await expect(setUpBackups({ ...daemon, path: '/mnt/other' })).rejects.toThrow('/mnt/other')
  })
})
