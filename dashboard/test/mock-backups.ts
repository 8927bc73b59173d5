import {
  type Backup,
  type BackupSchedule,
  type BackupSubject,
  ChangeDestination,
  CreateBackupSchedule,
  CreateDestination,
  CreateRestore,
  type Destination,
  type Drill,
  type Restore,
  type SubjectOverview,
} from '@vastrox/shared/backup.ts'
import type { ErrorCode } from '@vastrox/shared/errors.ts'
import { z } from 'zod'

const MEGABYTE = 2 ** 20
const HOUR_MS = 3_600_000
const isEmpty = process.env['MOCK_EMPTY'] !== undefined
const hoursAgo = (hours: number): string => new Date(Date.now() - hours * HOUR_MS).toISOString()
const page = (items: readonly unknown[]) => ({ items, nextCursor: null })

const SUBJECTS: Record<string, BackupSubject> = {
  'addon:shop-db': { type: 'addon', id: 'addon0shopdb', name: 'shop-db' },
  'addon:blog-db': { type: 'addon', id: 'addon0blogdb', name: 'blog-db' },
  'volume:shop/uploads': { type: 'volume', id: 'volume0uploads', name: 'shop/uploads' },
  'app:shop': { type: 'app', id: 'app0shop', name: 'shop' },
  'app:blog': { type: 'app', id: 'app0blog', name: 'blog' },
  platform: { type: 'platform', id: '', name: 'platform' },
}
const subjectOf = (ref: string): BackupSubject => {
  const [type, name] = ref.split(':')
  const known = SUBJECTS[ref]
  if (known) return known
  return type === 'addon' || type === 'volume' || type === 'app'
    ? { type, id: `id0${name}`, name: name ?? '' }
    : { type: 'platform', id: '', name: 'platform' }
}

let lastId = 0
const newId = (): string => `backup${String((lastId += 1)).padStart(8, '0')}`

const made = (ref: string, hours: number, given: Partial<Backup> = {}): Backup => {
  const subject = subjectOf(ref)
  const sizeBytes = Math.round((212 - hours / 24) * MEGABYTE)
  const isShort = subject.type === 'app' || subject.type === 'platform'
  const startedAt = hoursAgo(hours)
  return {
    id: newId(),
    groupId: `group${hours}`,
    subject,
    destination: 'offsite',
    state: 'done',
    mode: subject.type === 'volume' ? 'live' : 'dump',
    startedAt,
    endedAt: new Date(new Date(startedAt).getTime() + (isShort ? 4_200 : 38_000)).toISOString(),
    progress: null,
    sizeBytes: isShort ? 3 * MEGABYTE : sizeBytes,
    addedBytes: isShort ? 90_000 : Math.round(1.8 * MEGABYTE),
    isKept: false,
    schedule: 's1',
    reason: null,
    drill: {
      state: 'proven',
      endedAt: hoursAgo(hours - 0.2),
      durationMs: isShort ? 6_400 : 41_000,
      reason: null,
    },
    ...given,
  }
}

const FULL = 'The destination is full: 0 bytes of 2 TB are free.'
function begin(): Backup[] {
  const days = Array.from({ length: 27 }, (_, day) => 3 + day * 24)
  const unproven = { drill: null }
  const failed = { state: 'failed', reason: FULL, ...unproven, sizeBytes: null } as const
  return [
    ...days.map((hours, day) =>
      made('addon:shop-db', hours, {
        ...(day % 6 === 4 && unproven),
        ...(day === 11 && failed),
        ...(day === 20 && { isKept: true }),
      }),
    ),
    ...days.map((hours, day) =>
      made('addon:blog-db', hours + 1, day === 0 ? failed : day > 14 ? unproven : {}),
    ),
    ...days
      .slice(2)
      .map((hours, day) => made('volume:shop/uploads', hours, { ...(day % 2 === 1 && unproven) })),
    ...days.slice(0, 9).map((hours) => made('app:shop', hours)),
    ...days.slice(0, 4).map((hours) => made('platform', hours)),
  ].toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))
}

let backups: Backup[] = isEmpty ? [] : begin()
const USUAL = { last: 7, daily: 14, weekly: 8, monthly: 6 }
const scheduleOf = (id: string, ref: string, given: Partial<BackupSchedule> = {}) => ({
  id,
  subject: subjectOf(ref),
  destination: 'offsite',
  schedule: '@daily',
  timeZone: null,
  retention: USUAL,
  mode: 'live' as const,
  isEnabled: true,
  nextAt: hoursAgo(-9),
  ...given,
})
let schedules: BackupSchedule[] = isEmpty
  ? []
  : [
      scheduleOf('s1', 'addon:shop-db'),
      scheduleOf('s2', 'addon:blog-db', { schedule: '30 2 * * *', timeZone: 'Europe/Berlin' }),
      scheduleOf('s3', 'volume:shop/uploads', { mode: 'paused' }),
      scheduleOf('s4', 'platform', { schedule: '0 */6 * * *' }),
      scheduleOf('s5', 'app:shop', { isEnabled: false, nextAt: null }),
    ]
const destination = (name: string, given: Partial<Destination> = {}): Destination => ({
  name,
  kind: 'sftp',
  title: 'Another server by SFTP',
  settings: { host: 'backup.example.com', port: 22, user: 'vastrox', folder: '/srv/vastrox' },
  isDefault: true,
  uploadLimitKib: null,
  sizeBytes: 1_800 * MEGABYTE,
  freeBytes: 420_000 * MEGABYTE,
  checkedAt: hoursAgo(20),
  checkFailure: null,
  createdAt: hoursAgo(900),
  ...given,
})
let destinations: Destination[] = isEmpty
  ? []
  : [
      destination('offsite'),
      destination('second-disk', {
        kind: 'local',
        title: 'A disk of this server',
        settings: { root: 'backup-disk' },
        isDefault: false,
        uploadLimitKib: 4_096,
        checkFailure: 'Pack 3f9a… does not match its name: 1 backup of blog-db cannot be read.',
      }),
    ]

const checks: Drill['checks'] = [
  { what: 'public.orders', expected: '1204', found: '1204', isGood: true },
  { what: 'public.customers', expected: '388', found: '388', isGood: true },
  { what: 'public.products', expected: '97', found: '97', isGood: true },
  { what: 'amcheck', expected: null, found: '14 indexes', isGood: true },
]
const drillOf = (backup: Backup): Drill | undefined =>
  backup.drill
    ? {
        id: `drill${backup.id}`,
        backupId: backup.id,
        subject: backup.subject,
        checks: backup.drill.state === 'proven' ? checks : [],
        startedAt: backup.endedAt,
        ...backup.drill,
      }
    : undefined

/** As the daemon sums them up; two databases have none yet. */
function subjectsOf(all: readonly Backup[], plans: readonly BackupSchedule[]): SubjectOverview[] {
  const fresh = [subjectOf('addon:shop-cache'), subjectOf('addon:reports')]
  return [...Object.values(SUBJECTS), ...fresh].map((subject) => {
    const own = all.filter(
      ({ subject: { type, name } }) => type === subject.type && name === subject.name,
    )
    const good = own.filter(({ state }) => state === 'done')
    const proven = good.find(({ drill }) => drill?.state === 'proven')?.drill
    const schedulesOf = plans.filter(({ subject: { name } }) => name === subject.name)
    return {
      subject,
      isThere: true,
      proof: {
        lastBackupAt: good[0]?.endedAt ?? null,
        provenAt: proven?.endedAt ?? null,
        provenInMs: proven?.durationMs ?? null,
        failure: null,
      },
      backups: good.length,
      sizeBytes: good[0]?.sizeBytes ?? null,
      storedBytes: good.length * 9 * MEGABYTE,
      grownBytes: good.length * MEGABYTE,
      schedules: schedulesOf.map(({ id }) => id),
      proposedSchedule: schedulesOf.length === 0 ? '@daily' : null,
    }
  })
}

let restores: Restore[] = isEmpty
  ? []
  : [
      {
        id: 'restore1',
        backupId: 'backup00000003',
        subject: subjectOf('addon:shop-db'),
        how: 'switch',
        target: 'shop-db',
        state: 'done',
        progress: 1,
        safetyBackupId: null,
        checks,
        reason: null,
        startedAt: hoursAgo(50),
        endedAt: hoursAgo(49.98),
      },
      {
        id: 'restore2',
        backupId: null,
        subject: subjectOf('addon:blog-db'),
        how: 'switch',
        target: null,
        state: 'failed',
        progress: null,
        safetyBackupId: null,
        checks: [],
        reason: 'Line 4,102 of the dump: You have an error in your SQL syntax.',
        startedAt: hoursAgo(70),
        endedAt: hoursAgo(69.9),
      },
    ]

const FILES = (folder: string) => [
  { path: `${folder}/2026`, type: 'dir', sizeBytes: 0, modifiedAt: hoursAgo(40) },
  { path: `${folder}/logo.svg`, type: 'file', sizeBytes: 4_211, modifiedAt: hoursAgo(900) },
  {
    path: `${folder}/price list.pdf`,
    type: 'file',
    sizeBytes: 1_200_000,
    modifiedAt: hoursAgo(70),
  },
  { path: `${folder}/current`, type: 'symlink', sizeBytes: 0, modifiedAt: hoursAgo(70) },
]

const KINDS = [
  {
    kind: 'local',
    title: 'A disk of this server',
    settings: {
      type: 'object',
      properties: { rootId: { type: 'string', description: 'A root that root registered' } },
      required: ['rootId'],
    },
    neverShown: [],
  },
  {
    kind: 'sftp',
    title: 'Another server by SFTP',
    settings: {
      type: 'object',
      properties: {
        host: { type: 'string', description: 'Host' },
        port: { type: 'integer', default: 22 },
        user: { type: 'string' },
        folder: { type: 'string' },
        privateKey: { type: 'string', description: 'Private key' },
      },
      required: ['host', 'user', 'folder', 'privateKey'],
    },
    neverShown: ['privateKey'],
  },
]

const KEY = {
  repositoryKey: 'correct-horse-battery-staple-example-key-7f3a',
  location: 'sftp:vastrox@backup.example.com:/srv/vastrox/3f9a',
  meaning:
    'Without this key nobody can read these backups, not even you: keep it away from this server.',
}

interface Asked {
  params: readonly string[]
  query: URLSearchParams
  body: unknown
}

/** Makes a restore walk through its states, as the real one would. */
function walk(id: string, states: readonly Restore['state'][]): void {
  const set = (given: Partial<Restore>) => {
    restores = restores.map((each) => (each.id === id ? { ...each, ...given } : each))
  }
  for (const [index, state] of states.entries())
    setTimeout(
      () =>
        set({
          state,
          progress: state === 'restoring' ? 0.4 : null,
          ...(state === 'done' && { checks, endedAt: new Date().toISOString() }),
        }),
      (index + 1) * 400,
    )
}

export function mockBackups(fail: (code: ErrorCode) => Error) {
  const find = (id: string | undefined): Backup => {
    const found = backups.find((each) => each.id === id)
    if (!found) throw fail('ROUTE_NOT_FOUND')
    return found
  }
  const change = (id: string | undefined, given: Partial<Backup>): Backup => {
    const changed = { ...find(id), ...given }
    backups = backups.map((each) => (each.id === id ? changed : each))
    return changed
  }
  const backUp = (ref: string): Backup => {
    const backup = made(ref, 0, {
      state: 'running',
      endedAt: null,
      progress: 0.3,
      sizeBytes: null,
      addedBytes: null,
      schedule: null,
      drill: null,
    })
    backups = [backup, ...backups]
    setTimeout(
      () =>
        change(backup.id, {
          state: 'done',
          progress: null,
          endedAt: new Date().toISOString(),
          sizeBytes: 212 * MEGABYTE,
          addedBytes: MEGABYTE,
        }),
      3_000,
    )
    return backup
  }
  const importInto = (ref: string, confirm: string | null): Restore => {
    const subject = subjectOf(ref)
    if (confirm !== subject.name) throw fail('CONFIRMATION_WRONG')
    const restore: Restore = {
      id: `restore${restores.length + 1}`,
      backupId: null,
      subject,
      how: 'switch',
      target: subject.name,
      state: 'done',
      progress: 1,
      safetyBackupId: null,
      checks,
      reason: null,
      startedAt: new Date().toISOString(),
      endedAt: new Date().toISOString(),
    }
    restores = [restore, ...restores]
    return restore
  }

  return {
    'GET /destination-kinds': () => page(KINDS),
    'GET /destinations': () => page(destinations),
    'POST /destinations': ({ body }: Asked) => {
      const { settings, ...wish } = CreateDestination.parse(body)
      const { privateKey: _secret, ...shown } = settings
      const added = destination(wish.name, { ...wish, settings: shown, sizeBytes: 0 })
      destinations = [...destinations, added]
      return { ...KEY, destination: added }
    },
    'PATCH /destinations/:': ({ params, body }: Asked) => {
      const { isDefault, uploadLimitKib } = ChangeDestination.parse(body)
      destinations = destinations.map((each) => ({
        ...each,
        ...(isDefault === true && { isDefault: each.name === params[0] }),
        ...(each.name === params[0] && uploadLimitKib !== undefined && { uploadLimitKib }),
      }))
      return destinations.find(({ name }) => name === params[0])
    },
    'DELETE /destinations/:': ({ params }: Asked) => {
      destinations = destinations.filter(({ name }) => name !== params[0])
    },
    'GET /backup-roots': () =>
      page([{ rootId: 'root00000001', path: '/mnt/backup', freeBytes: 420_000 * MEGABYTE }]),
    'POST /destinations/:/check': ({ params }: Asked) =>
      destinations.find(({ name }) => name === params[0]),
    'POST /destinations/:/key': () => KEY,
    'POST /destinations/:/test': ({ params }: Asked) =>
      destinations.find(({ name }) => name === params[0]),

    'GET /backup-subjects': () => page(isEmpty ? [] : subjectsOf(backups, schedules)),
    'POST /backups/:/cancel': ({ params }: Asked) =>
      change(params[0], { state: 'failed', reason: 'Cancelled by anna.', progress: null }),
    'GET /backup-schedules/:/retention': () => {
      const own = backups.filter(({ subject: { name } }) => name === 'shop-db')
      return {
        keep: own.slice(0, 20).map(({ id, startedAt }, index) => ({
          id,
          startedAt,
          why: index < 7 ? ['one of the newest 7'] : ['of its day'],
        })),
        remove: own.slice(20, 24).map(({ id, startedAt }) => ({ id, startedAt })),
        later: 0,
        refused: null,
      }
    },
    'GET /backups': ({ query }: Asked) => {
      const subject = query.get('subject')
      const wanted = subject === null ? undefined : subjectOf(subject)
      return page(
        backups.filter(
          ({ subject: { type, name } }) =>
            !wanted || (type === wanted.type && name === wanted.name),
        ),
      )
    },
    'POST /backups': ({ body }: Asked) =>
      backUp(z.object({ subject: z.string() }).parse(body).subject),
    'POST /apps/:/backups': ({ params }: Asked) =>
      page([backUp(`app:${params[0]}`), backUp(`volume:${params[0]}/uploads`)]),
    'PUT /addons/:/import': ({ params, query }: Asked) =>
      importInto(`addon:${params[0]}`, query.get('confirm')),
    'PUT /apps/:/volumes/:/import': ({ params, query }: Asked) =>
      importInto(`volume:${params[0]}/${params[1]}`, query.get('confirm')),
    'GET /backups/:': ({ params }: Asked) => find(params[0]),
    'PATCH /backups/:': ({ params, body }: Asked) =>
      change(params[0], z.object({ isKept: z.boolean() }).parse(body)),
    'DELETE /backups/:': ({ params }: Asked) => {
      const gone = find(params[0])
      backups = backups.filter(({ id }) => id !== gone.id)
      return { ...gone, state: 'removing' }
    },
    'GET /backups/:/files': ({ query }: Asked) =>
      page(FILES((query.get('path') ?? '/').replace(/\/$/, ''))),
    'POST /backups/:/drill': ({ params }: Asked) => {
      const drill = { state: 'running' as const, endedAt: null, durationMs: null, reason: null }
      const backup = change(params[0], { drill })
      setTimeout(
        () =>
          change(backup.id, {
            drill: { state: 'proven', endedAt: hoursAgo(0), durationMs: 38_000, reason: null },
          }),
        2_500,
      )
      return drillOf(backup)
    },
    'POST /backups/:/restore': ({ params, body }: Asked) => {
      const { how, name } = CreateRestore.parse(body)
      const backup = find(params[0])
      const restore: Restore = {
        id: `restore${restores.length + 1}`,
        backupId: backup.id,
        subject: backup.subject,
        how,
        target: name ?? backup.subject.name,
        state: 'queued',
        progress: null,
        safetyBackupId: null,
        checks: [],
        reason: null,
        startedAt: new Date().toISOString(),
        endedAt: null,
      }
      restores = [restore, ...restores]
      walk(
        restore.id,
        how === 'switch' ? [...USUAL_WALK, 'switching', 'done'] : [...USUAL_WALK, 'done'],
      )
      return restore
    },
    'GET /drills': ({ query }: Asked) =>
      page(
        backups
          .filter(({ id }) => id === query.get('backup'))
          .flatMap((backup) => drillOf(backup) ?? []),
      ),
    'GET /restores': () => page(restores),
    'GET /restores/:': ({ params }: Asked) => {
      const found = restores.find(({ id }) => id === params[0])
      if (!found) throw fail('ROUTE_NOT_FOUND')
      return found
    },

    'GET /backup-schedules': () => page(schedules),
    'POST /backup-schedules': ({ body }: Asked) => {
      const { subject, destination: to, ...wish } = CreateBackupSchedule.parse(body)
      const added = scheduleOf(`s${schedules.length + 1}`, subject, {
        ...wish,
        destination: to ?? 'offsite',
      })
      schedules = [...schedules, added]
      return added
    },
    'PATCH /backup-schedules/:': ({ params, body }: Asked) => {
      const given = z.object({ isEnabled: z.boolean(), schedule: z.string() }).partial().parse(body)
      schedules = schedules.map((each) =>
        each.id === params[0]
          ? {
              ...each,
              ...(given.isEnabled !== undefined && { isEnabled: given.isEnabled }),
              ...(given.schedule !== undefined && { schedule: given.schedule }),
            }
          : each,
      )
      return schedules.find(({ id }) => id === params[0])
    },
    'DELETE /backup-schedules/:': ({ params }: Asked) => {
      schedules = schedules.filter(({ id }) => id !== params[0])
    },
  }
}
const USUAL_WALK = ['restoring', 'checking'] as const
