import { readFileSync } from 'node:fs'
import { createFullServer } from '#test/full-server.ts'

/*
 * Every route of the product over a database on disk with very many apps and deployments, and the
 * built dashboard: `DIST`, `KEY`, `CERT`, `DATABASE`, `APPS`, `DEPLOYMENTS` and `AUDIT_EVENTS` say
 * which and how many. Its one line of output is JSON.
 */
const given = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} must be given`)
  return value
}
const [apps, deployments, events] = [
  Number(given('APPS')),
  Number(given('DEPLOYMENTS')),
  Number(given('AUDIT_EVENTS')),
]

const server = await createFullServer({
  dashboardDir: given('DIST'),
  databasePath: given('DATABASE'),
  baseDomain: 'localhost',
  // Thousands of calls are asked one behind another: they are counted as everybody's, and none is refused.
  limits: { address: 1_000_000, 'sign-in': 20, actor: 1_000_000 },
  tls: { cert: readFileSync(given('CERT'), 'utf8'), key: readFileSync(given('KEY'), 'utf8') },
})
const { db } = server
// Browsers ask for charts of their own last hour.
server.clock.jump(Date.now() - server.clock.now().getTime())

/** One app that was really deployed; the others are its rows with other names and times. */
server.queue.start()
server.addApp('app-000')
await server.deploy('a1', { appName: 'app-000' })

type Row = Record<string, string | number | Buffer | null>
const first = server.app('app-000')
const rowOf = (table: string): Row => {
  const row = db.prepare<[], Row>(`SELECT * FROM ${table} LIMIT 1`).get()
  if (!row) throw new Error(`nothing is in ${table} after a deployment`)
  return row
}
const inserter = (table: string, row: Row) =>
  db.prepare(
    `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${Object.keys(row)
      .map((column) => `@${column}`)
      .join(', ')})`,
  )

const began = performance.now()
const app = rowOf('apps')
const build = rowOf('builds')
const release = rowOf('releases')
const deployment = rowOf('deployments')
const instance = rowOf('instances')
const put = {
  app: inserter('apps', app),
  build: inserter('builds', build),
  release: inserter('releases', release),
  deployment: inserter('deployments', deployment),
  instance: inserter('instances', instance),
}
const each = Math.ceil(deployments / apps)
/** So many releases of each app have an image and a source on the disk: the newest ten, and of some apps one that can go. */
const IMAGES_EACH = 11
const BASE_LAYERS = 5
const DAYS = 30
const STATES = ['superseded', 'superseded', 'superseded', 'failed', 'cancelled']
const now = server.clock.now().getTime()
const at = (ago: number) => new Date(now - ago * 60_000).toISOString()
const day = (ago: number) => new Date(now - ago * 86_400_000).toISOString()
const putDay = db.prepare(
  "INSERT OR REPLACE INTO disk_days (node, day, subject, bytes) VALUES ('local', ?, ?, ?)",
)

/** What the builds of an app have left on the disk. */
function leaveOnDisk(appId: string, imageId: string, sourceId: string, createdAt: string): void {
  const { layers, images, folders } = server.node.disk.measured
  if (layers.length === 0)
    for (let base = 0; base < BASE_LAYERS; base += 1)
      layers.push({ bytes: 30_000_000, isOthersToo: false })
  images.push({
    imageId,
    kind: 'build',
    appId,
    buildId: null,
    createdAt,
    sizeBytes: 180_000_000,
    layers: [...Array.from({ length: BASE_LAYERS }, (_, base) => base), layers.length],
    isUsed: false,
  })
  layers.push({ bytes: 5_000_000 + layers.length, isOthersToo: false })
  folders.push({ path: `daemon/sources/${sourceId}.tar`, sizeBytes: 200_000 })
}

db.transaction(() => {
  for (let a = 0; a < apps; a += 1) {
    const name = `app-${String(a).padStart(3, '0')}`
    const id = a === 0 ? first.id : `${first.id}${a}`
    const ids = (what: string, number: number) => `${what}-${a}-${number}`
    if (a > 0) {
      put.app.run({ ...app, id, name, live_release_id: null, next_deployment: each + 1 })
    }
    for (let number = a === 0 ? 2 : 1; number <= each; number += 1) {
      const isLive = number === each
      const hasRelease = isLive || number > each - 20
      // What is live was built from the one source that is really there.
      const sourceId = isLive ? String(build['source_id']) : `source${a}x${number}`
      if (hasRelease) {
        const age = each - number
        const isThere = age < IMAGES_EACH - 1 || (age === IMAGES_EACH - 1 && a % 10 === 0)
        const imageId = `sha256:${ids('image', number)}`
        const createdAt = age < IMAGES_EACH - 1 ? at(age) : day(2)
        put.build.run({
          ...build,
          id: ids('build', number),
          app_id: id,
          image_id: imageId,
          source_id: sourceId,
          created_at: createdAt,
          image_removed_at: isThere ? null : day(1),
        })
        if (isThere) leaveOnDisk(id, imageId, sourceId, createdAt)
        put.release.run({
          ...release,
          id: ids('release', number),
          app_id: id,
          number,
          build_id: ids('build', number),
          created_at: at(each - number),
        })
      }
      put.deployment.run({
        ...deployment,
        id: ids('deployment', number),
        app_id: id,
        number,
        source_id: sourceId,
        state: isLive ? 'live' : (STATES[number % STATES.length] ?? 'superseded'),
        release_id: hasRelease ? ids('release', number) : null,
        previous_release_id: null,
        base_release_id: null,
        created_at: at(each - number + a),
      })
    }
    for (let ago = 1; ago <= DAYS; ago += 1)
      putDay.run(day(ago).slice(0, 10), `app:${id}`, 50_000_000 + (DAYS - ago) * 1_000 * a)
    if (a > 0) {
      put.instance.run({
        ...instance,
        name: `${String(instance['name'])}-${a}`,
        app_id: id,
        release_id: ids('release', each),
        deployment_id: ids('deployment', each),
        state: a % 50 === 1 ? 'crashed' : 'live',
      })
      db.prepare('UPDATE apps SET live_release_id = ? WHERE id = ?').run(ids('release', each), id)
    }
  }
})()
for (let e = 0; e < events; e += 1)
  server.audit.append({
    actor: server.actor,
    action: 'app.change',
    target: `app-${String(e % apps).padStart(3, '0')}`,
    details: { memoryBytes: e },
  })
db.pragma('wal_checkpoint(TRUNCATE)')

await server.fastify.listen({ host: '127.0.0.1', port: 0 })
const address = server.fastify.server.address()
const made = server.access.tokens.create(server.access.rootActor(), {
  name: 'bench',
  kind: 'api',
  apps: null,
  expiresInDays: null,
})
const kept = await server.fastify.inject({
  method: 'PUT',
  url: '/api/v1/apps/app-008/sources/files/content?path=%2Findex.html',
  headers: {
    host: 'localhost',
    authorization: `Bearer ${made.token}`,
    'content-type': 'text/plain; charset=utf-8',
    'if-none-match': '*',
  },
  payload: '<h1>Hello</h1>\n',
})
if (kept.statusCode >= 300) throw new Error(`a file could not be made: ${kept.body}`)
console.log(
  JSON.stringify({
    port: typeof address === 'object' && address ? address.port : 0,
    link: server.access.createSignInLink().token,
    seededMs: Math.round(performance.now() - began),
    apps: db.prepare('SELECT count(*) FROM apps').pluck().get(),
    deployments: db.prepare('SELECT count(*) FROM deployments').pluck().get(),
    auditEvents: db.prepare('SELECT count(*) FROM audit_events').pluck().get(),
  }),
)
process.once('SIGTERM', () => void server.fastify.close().finally(() => process.exit(0)))
