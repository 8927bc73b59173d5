import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Alert } from '@vastrox/shared/alert.ts'
import { Backup, CreatedDestination } from '@vastrox/shared/backup.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { UptimeCheckDetails } from '@vastrox/shared/uptime.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { alertsOf, untilFiring, untilOver } from '#support/alerts.ts'
import { destroyApp, tinyApp, untilSettled } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy, type WorkingCopy } from '#support/working-copy.ts'

/**
 * What alerts.spec has not: built-in rules about apps, backups, channels and processes of ours, by their
 * real causes. By default those that fire at once; with `--long` (an hour and a quarter) all, and that each
 * is over. Rules over the machine's measurements: daemon/src/core/alerts/measured-causes.docker.test.ts.
 */
const LONG = process.env['VASTROX_LONG'] === '1'
const MINUTE = 60_000
const LONGEST = 120 * MINUTE
const LIMIT_BYTES = 128 * 2 ** 20

const vastrox = connectInstallation()
const ofApp =
  (name: string) =>
  ({ subject }: Alert): boolean =>
    subject.name.split(' ')[0] === name

/** Does what it is asked to: fails, is down, prints, stays at a share of its limit of memory, or takes too much. */
const server = (how = '') => `
const { readFileSync } = require('node:fs')
const read = (path) => { try { return readFileSync('/sys/fs/cgroup/' + path, 'utf8') } catch { return '' } }
const used = () => {
  const two = read('memory.current')
  const [total, stat, word] = two
    ? [two, read('memory.stat'), 'inactive_file']
    : [read('memory/memory.usage_in_bytes'), read('memory/memory.stat'), 'total_inactive_file']
  return Number(total) - Number(new RegExp('^' + word + ' (\\\\d+)', 'm').exec(stat)[1])
}
const held = []
const hold = () => {
  while (used() < ${LIMIT_BYTES} * 0.97) held.push(Buffer.alloc(262144, 1))
}
let status = 200
require('node:http').createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://x')
  ${how}
  if (pathname === '/fail') response.statusCode = 500
  if (pathname === '/from-now-on') status = Number(searchParams.get('status'))
  if (pathname === '/') response.statusCode = status
  if (pathname === '/hold') setInterval(hold, 1000)
  if (pathname === '/print') for (let line = 0; line < 5000; line += 1) console.log('line', line)
  if (pathname === '/eat') for (;;) held.push(Buffer.alloc(16 * 2 ** 20, 1))
  response.end('v1')
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))`

const files = (how = '') => ({
  ...tinyApp('v1'),
  'server.js': server(how),
  'vastrox.json': JSON.stringify({ processes: { web: { memory: '128MB' } } }),
})

async function push(copy: WorkingCopy, how: string, message: string): Promise<number | null> {
  copy.write(files(how))
  await copy.commit(message)
  return (await copy.push('--force', 'main')).exitCode
}

async function begin(app: string): Promise<WorkingCopy> {
  const copy = createWorkingCopy(vastrox.remote(app))
  await vastrox.api('POST', '/apps', { name: app })
  await vastrox.api('PATCH', `/apps/${app}`, { watchMs: 0 })
  await copy.init()
  expect(await push(copy, '', 'it does what it is asked to')).toBe(0)
  await untilSettled(vastrox, app)
  return copy
}

/** Visitors at a steady pace until something is so. */
async function visitUntil<T>(
  app: string,
  path: string,
  what: string,
  look: () => Promise<T | undefined>,
  timeoutMs: number,
): Promise<T> {
  return until(
    what,
    async () => {
      for (let visit = 0; visit < 8; visit += 1) {
        await vastrox.visit(app, path).catch(() => undefined)
        await sleep(200)
      }
      return look()
    },
    timeoutMs,
  )
}

/** Below it are the folders of destinations. */
const root = `/var/tmp/vastrox-e2e-causes-${process.pid}`
beforeAll(async () => {
  if (!LONG) return
  mkdirSync(root, { recursive: true, mode: 0o700 })
  await vastrox.command('destinations', 'allow', root)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A destination on this disk. Where it lies. */
async function makeVault(name: string): Promise<string> {
  const roots = JSON.parse((await vastrox.api('GET', '/backup-roots')).body).items
  const { rootId } = roots.find(({ path }: { path: string }) => path === root)
  const wish = { name, kind: 'local', settings: { rootId } }
  const made = await vastrox.api('POST', '/destinations', wish)
  return CreatedDestination.parse(JSON.parse(made.body)).location
}

/** Of a process that was killed: over after an hour, while others have theirs. */
let restarted: Alert | undefined
/** Alone, and first: whoever is looked at meanwhile is disturbed. */
describe.each(LONG ? ['processes and data of ours'] : [])('%s', () => {
  const VAULT = 'cause-platform'
  let stopped = 0
  let mend = (): void => {}
  afterAll(async () => {
    if (stopped !== 0) process.kill(stopped, 'SIGCONT')
    mend()
    await vastrox.api('DELETE', `/destinations/${VAULT}`, { confirm: VAULT })
  })

  it('a page of the database that is damaged, found by a backup of it', async () => {
    await makeVault(VAULT)
    const backUp = () => vastrox.command('backups:create', 'platform', '--destination', VAULT)
    // A daemon that has just begun remembers no page.
    const before = await vastrox.kill('daemon', 'SIGTERM')
    await until('another daemon', async () => {
      const { processes } = await vastrox.status()
      const { pid } = processes.find(({ name }) => name === 'daemon') ?? {}
      return pid !== before && (await vastrox.api('GET', '/apps')).status === 200
    })
    mend = damagePage(join(vastrox.dataDir, 'daemon', 'control.db'))
    expect((await backUp()).exitCode).not.toBe(0)
    const damaged = await untilFiring(vastrox, 'database-damaged', MINUTE)
    expect(damaged).toMatchObject({ severity: 'critical', subject: { kind: 'platform' } })
    expect((await backUp()).exitCode).not.toBe(0)
    expect((await alertsOf(vastrox, 'database-damaged')).map(({ id }) => id)).toEqual([damaged.id])
    // It ends a day after the last damage, which no test waits for; the daemon is killed next and reads anew.
    mend()
  }, 300_000)

  it('a daemon that was killed, and a proxy worker that is missing', async () => {
    await vastrox.kill('daemon', 'SIGKILL')
    restarted = await untilFiring(vastrox, 'daemon-restarted', MINUTE)

    stopped = await vastrox.pidOf('supervisor')
    const worker = await vastrox.pidOf('proxy-0')
    process.kill(stopped, 'SIGSTOP')
    process.kill(worker, 'SIGKILL')
    const missing = await untilFiring(vastrox, 'proxy-workers', 3 * MINUTE)
    expect(missing).toMatchObject({ severity: 'critical', subject: { kind: 'platform' } })
    process.kill(stopped, 'SIGCONT')
    stopped = 0
    expect(await untilOver(vastrox, missing, 5 * MINUTE)).toEqual([])
  }, 600_000)
})

describe.concurrent('an app', () => {
  const APP = 'alert-cause'
  const HOG = 'alert-hog'
  let copy: WorkingCopy
  beforeAll(async () => {
    copy = await begin(APP)
    await begin(HOG)
  })
  afterAll(async () => {
    await destroyApp(vastrox, APP)
    await destroyApp(vastrox, HOG)
  })

  it(
    'whose deployment fails, then fails its visitors, is down, and is taken back',
    async ({ expect }) => {
      expect(await push(copy, "throw new Error('no start') // ", 'broken')).not.toBe(0)
      expect(await push(copy, '', 'so that the broken one is not the newest')).toBe(0)
      const failed = await until('the failed deployment to be told of', async () =>
        [
          ...(await alertsOf(vastrox, 'deployment-failed')),
          ...(await alertsOf(vastrox, 'deployment-failed', 'resolved')),
        ].find(ofApp(APP)),
      )
      expect(failed.title).toMatch(/^Deployment \d+ of alert-cause failed$/)
      if (!LONG) return
      expect(await untilOver(vastrox, failed, 5 * MINUTE)).toEqual([])

      const firing = (rule: string) => async () => (await alertsOf(vastrox, rule)).find(ofApp(APP))
      const errors = await visitUntil(APP, '/fail', 'errors', firing('errors'), 4 * MINUTE)
      expect(errors).toMatchObject({ severity: 'critical' })
      const well = async () => (await firing('errors')()) === undefined || undefined
      await visitUntil(APP, '/well', 'errors to be over', well, 6 * MINUTE)
      expect(await untilOver(vastrox, errors, MINUTE)).toEqual([])

      const { id } = await vastrox.read(UptimeCheckDetails, `/apps/${APP}/uptime`)
      await vastrox.api('PATCH', `/uptime-checks/${id}`, { everyMs: 30_000 })
      await vastrox.visit(APP, '/from-now-on?status=503')
      const down = await untilFiring(vastrox, 'app-down', 4 * MINUTE, ofApp(APP))
      await vastrox.visit(APP, '/from-now-on?status=200')
      expect(await untilOver(vastrox, down, 5 * MINUTE)).toEqual([])

      await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 120_000 })
      const isBad = "if (pathname === '/well') response.statusCode = 500"
      const pushed = push(copy, isBad, 'worse than before')
      const reverted = await visitUntil(
        APP,
        '/well',
        'the worse release to be taken back',
        firing('deployment-reverted'),
        5 * MINUTE,
      )
      await pushed
      expect(await push(copy, '', 'as it was')).toBe(0)
      await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 0 })
      expect(await untilOver(vastrox, reverted, 10 * MINUTE)).toEqual([])
    },
    LONGEST,
  )

  it(
    'that prints more than is kept, stays at its limit of memory, and then takes more',
    async ({ expect }) => {
      await vastrox.api('PATCH', `/apps/${HOG}/logs/settings`, { linesPerSecond: 10 })
      const loud = await visitUntil(
        HOG,
        '/print',
        'lines to be left out',
        async () => (await alertsOf(vastrox, 'lines-dropped')).find(ofApp(HOG)),
        MINUTE,
      )
      if (LONG) {
        const heldAt = Date.now()
        await vastrox.visit(HOG, '/hold')
        const near = await untilFiring(vastrox, 'memory-limit', 13 * MINUTE, ofApp(HOG))
        expect(Date.now() - heldAt).toBeGreaterThan(9 * MINUTE)
        await vastrox.visit(HOG, '/eat').catch(() => undefined)
        expect(await untilOver(vastrox, near, 5 * MINUTE)).toEqual([])
      } else await vastrox.visit(HOG, '/eat').catch(() => undefined)
      const eaten = await untilFiring(vastrox, 'out-of-memory', MINUTE, ofApp(HOG))
      expect(eaten).toMatchObject({ limit: LIMIT_BYTES })

      if (!LONG) return
      expect(await untilOver(vastrox, loud, 40 * MINUTE)).toEqual([])
      expect(await untilOver(vastrox, eaten, 40 * MINUTE)).toEqual([])
    },
    LONGEST,
  )
})

describe.concurrent.each(LONG ? ['in their own time'] : [])('%s', () => {
  const VAULT = 'cause-vault'
  /** Its disk is gone from the beginning. */
  const LOST = 'cause-lost'
  const APP = 'alert-kept'
  let allowed: unknown
  beforeAll(async () => {
    allowed = JSON.parse((await vastrox.api('GET', '/source-networks')).body)
    await vastrox.api('PUT', '/source-networks', { allowed: ['127.0.0.0/8'] })
    await begin(APP)
  }, 600_000)
  afterAll(async () => {
    await vastrox.api('PUT', '/source-networks', allowed)
    for (const name of [VAULT, LOST])
      await vastrox.api('DELETE', `/destinations/${name}`, { confirm: name })
    await destroyApp(vastrox, APP)
  })

  const ended = (id: string): Promise<Backup> =>
    until('the backup to end', async () => {
      const backup = await vastrox.read(Backup, `/backups/${id}`)
      return backup.state === 'done' || backup.state === 'failed' ? backup : undefined
    })
  async function backUp(): Promise<Backup> {
    const asked = await vastrox.api('POST', `/apps/${APP}/backups`, { destination: VAULT })
    expect(asked.status, asked.body).toBe(202)
    const [first] = pageOf(Backup).parse(JSON.parse(asked.body)).items
    return ended(first?.id ?? '')
  }
  const isOfKept = ({ subject }: Alert): boolean => subject.name.includes(APP)

  it(
    'a backup that is damaged, and cannot be restored',
    async ({ expect }) => {
      const location = await makeVault(VAULT)
      const good = await backUp()
      expect(good).toMatchObject({ state: 'done' })

      // One byte of every pack: whatever is looked at is damaged.
      const packs = packsBelow(join(location, 'data'))
      const flip = (): void => packs.forEach(flipByte)
      const drill = () => vastrox.api('POST', `/backups/${good.id}/drill`)
      flip()
      expect((await drill()).status).toBe(202)
      const unproven = await untilFiring(vastrox, 'drill-failed', 5 * MINUTE, isOfKept)
      expect((await vastrox.command('destinations:check', VAULT)).exitCode).toBe(1)
      const damaged = await untilFiring(vastrox, 'destination-failed', MINUTE)
      flip()
      expect((await vastrox.command('destinations:check', VAULT)).exitCode).toBe(0)
      expect((await drill()).status).toBe(202)
      expect(await untilOver(vastrox, damaged, 5 * MINUTE)).toEqual([])
      expect(await untilOver(vastrox, unproven, 5 * MINUTE)).toEqual([])
    },
    LONGEST,
  )

  it(
    'backups that fail for want of their disk, until a schedule is overdue',
    async ({ expect }) => {
      const location = await makeVault(LOST)
      renameSync(location, `${location}-away`)
      const schedule = { subject: `app:${APP}`, destination: LOST, schedule: '* * * * *' }
      const scheduled = await vastrox.api('POST', '/backup-schedules', schedule)
      expect(scheduled.status, scheduled.body).toBe(201)
      const failed = await untilFiring(vastrox, 'backup-failed', 5 * MINUTE, isOfKept)
      const overdue = await untilFiring(vastrox, 'backup-overdue', 70 * MINUTE, isOfKept)
      if (existsSync(location)) rmSync(location, { recursive: true })
      renameSync(`${location}-away`, location)
      expect(await untilOver(vastrox, failed, 15 * MINUTE)).toEqual([])
      expect(await untilOver(vastrox, overdue, 15 * MINUTE)).toEqual([])
      const { id } = JSON.parse(scheduled.body)
      await vastrox.api('DELETE', `/backup-schedules/${id}`)
    },
    LONGEST,
  )

  it(
    'a restart is over by itself',
    async ({ expect }) => {
      expect(restarted).toBeDefined()
      if (restarted) expect(await untilOver(vastrox, restarted, 65 * MINUTE)).toEqual([])
    },
    LONGEST,
  )

  it(
    'what an uptime check looks at, and a channel that takes nothing',
    async ({ expect }) => {
      let isWell = false
      /** An SMTP server that takes nothing, until it does; who only looks is told the same. */
      const taker = createServer((socket) => {
        socket.on('error', () => socket.destroy())
        socket.write(isWell ? '220 ready\r\n' : '421 not now\r\n')
        if (!isWell) socket.end()
        let isData = false
        socket.on('data', (bytes) => {
          const text = bytes.toString()
          if (isData && !text.endsWith('\r\n.\r\n')) return
          isData = !isData && /^DATA/i.test(text)
          socket.write(isData ? '354 go on\r\n' : '250 yes\r\n')
        })
      }).listen(0, '127.0.0.1')
      await once(taker, 'listening')
      const { port } = z.object({ port: z.int() }).parse(taker.address())
      const channel = await vastrox.api('POST', '/channels', {
        kind: 'email',
        name: 'cause-mail',
        settings: {
          host: '127.0.0.1',
          port,
          security: 'none',
          from: 'vastrox@example.com',
          to: 'anna@example.com',
        },
        minSeverity: 'info',
      })
      expect(channel.status, channel.body).toBe(201)
      const site = createHttpServer((_, response) => {
        response.statusCode = isWell ? 200 : 500
        response.end()
      }).listen(0, '127.0.0.1')
      await once(site, 'listening')
      const sitePort = z.object({ port: z.int() }).parse(site.address()).port
      const url = `http://127.0.0.1:${sitePort}/`
      const check = await vastrox.api('POST', '/uptime-checks', {
        kind: 'http',
        target: url,
        everyMs: 30_000,
      })
      expect(check.status, check.body).toBe(201)
      const checkId = z.object({ id: z.string() }).parse(JSON.parse(check.body)).id

      const isOfIt = ({ subject }: Alert): boolean => subject.id === checkId
      const down = await untilFiring(vastrox, 'check-down', 4 * MINUTE, isOfIt)
      const deaf = await untilFiring(vastrox, 'channel-failing', 5 * MINUTE)
      isWell = true
      expect(await untilOver(vastrox, down, 5 * MINUTE)).toEqual([])
      expect(await untilOver(vastrox, deaf, 15 * MINUTE)).toEqual([])
      await vastrox.api('DELETE', `/uptime-checks/${checkId}`)
      await vastrox.api('DELETE', `/channels/${JSON.parse(channel.body).id}`)
      taker.close()
      site.close()
    },
    LONGEST,
  )
})

const packsBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

function flipByte(path: string): void {
  const bytes = readFileSync(path)
  const at = Math.floor(statSync(path).size / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

/** Of a table that nobody reads meanwhile. Gives what puts it right again. */
function damagePage(file: string): () => void {
  const db = new DatabaseSync(file)
  // What is in the log would be read from there.
  db.exec('PRAGMA wal_checkpoint(PASSIVE)')
  const found = db
    .prepare(
      `SELECT rootpage, page_size AS size FROM sqlite_schema, pragma_page_size
       WHERE name = 'passkeys'`,
    )
    .get()
  db.close()
  const { rootpage, size } = z.object({ rootpage: z.int(), size: z.int() }).parse(found)
  const first = Buffer.alloc(1)
  const open = openSync(file, 'r+')
  const at = (rootpage - 1) * size
  readSync(open, first, 0, 1, at)
  writeSync(open, Buffer.alloc(1), 0, 1, at)
  closeSync(open)
  return () => {
    const again = openSync(file, 'r+')
    writeSync(again, first, 0, 1, at)
    closeSync(again)
  }
}
