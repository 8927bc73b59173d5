import { CreateToken } from '@vastrox/shared/token.ts'
import { createDrillStore } from '#store/drill-store.ts'
import { createRestoreStore } from '#store/restore-store.ts'
import { createVolumeStore } from '#store/volume-store.ts'
import type { FullServer } from '#test/full-server.ts'
import { sshKeyLine } from '#test/ssh/key-line.ts'

/** In the name and the values of every object that is planted, and nowhere else. */
export const PLANTED = 'zqplant'

/** More than there are. */
const KEPT = 500

const MARKED = {
  key: 'ZQPLANT_KEY',
  volume: `${PLANTED}-volume`,
  job: `${PLANTED}-job`,
  host: `${PLANTED}.example`,
  user: `${PLANTED}-user`,
  set: `${PLANTED}-set`,
  destination: `${PLANTED}-vault`,
  addon: `${PLANTED}-db`,
  group: `${PLANTED}-group`,
  team: `${PLANTED}-team`,
}

/**
 * Objects of every kind that a request can make, each recognisable, in the app of that name and the
 * team of the owner. Gives what paths name them by: `tokens:id`, `volume`, …
 */
export async function plantObjects(
  server: FullServer,
  app: string,
): Promise<Record<string, string>> {
  const { access } = server
  const root = access.rootActor()
  server.queue.start()
  server.addApp(app)
  const owner = access.tokens.create(root, CreateToken.parse({ name: PLANTED }))

  async function make(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
  ) {
    const reply = await server.fastify.inject({
      method,
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${owner.token}` },
      ...(body && { body }),
    })
    if (reply.statusCode >= 300)
      throw new Error(`${method} ${path}: ${reply.statusCode} ${reply.body}`)
    return reply.body === '' ? {} : reply.json()
  }
  const inApp = (path: string): string => `/apps/${app}${path}`

  // Before anything runs, so that no deployment follows from it.
  await make('POST', '/addons', { name: MARKED.addon, kind: 'redis', app })
  await make('POST', '/addons', { name: `${PLANTED}-gone-db`, kind: 'redis' })
  await server.clock.pass(5_000)
  const exception = await make('POST', `/addons/${MARKED.addon}/exceptions`, {
    from: '203.0.113.7',
    minutes: 1_440,
  })
  await make('DELETE', `/addons/${PLANTED}-gone-db`, { confirm: `${PLANTED}-gone-db` })
  const goneAddons = await make('GET', '/destroyed-addons')
  await make('PATCH', inApp('/env'), { set: { [MARKED.key]: `${PLANTED}-value` } })
  await server.deploy('a1', { appName: app, files: { 'server.js': PLANTED } })
  const terminal = await make('POST', inApp('/terminals'), { command: `cat ${PLANTED}` })
  await make('POST', inApp('/volumes'), { name: MARKED.volume, mountPath: `/${PLANTED}` })
  await make('POST', inApp('/jobs'), {
    name: MARKED.job,
    schedule: '@daily',
    command: `echo ${PLANTED}`,
  })
  await make('POST', inApp('/domains'), { host: MARKED.host })
  await make('PUT', inApp(`/basic-auth-users/${MARKED.user}`), { password: `${PLANTED}-password` })
  const deployKey = await make('POST', inApp('/deploy-keys'), {
    name: `${PLANTED}-key`,
    publicKey: sshKeyLine(),
  })
  const sshKey = await make('POST', '/ssh-keys', {
    name: `${PLANTED}-laptop`,
    publicKey: sshKeyLine(),
  })
  await make('PUT', `/registries/${MARKED.host}`, { username: PLANTED, password: PLANTED })
  await make('PUT', `/firewall/sets/${MARKED.set}`, { members: ['203.0.113.0/24'] })
  await make('POST', '/firewall/rules', {
    action: 'deny',
    ports: ['8081'],
    note: `${PLANTED} rule`,
  })
  const firewall = await make('GET', '/firewall/rules')
  await make('POST', '/destinations', {
    name: MARKED.destination,
    kind: 'local',
    settings: { rootId: 'root00000001' },
  })
  const backup = await make('POST', '/backups', { subject: `app:${app}` })
  const schedule = await make('POST', '/backup-schedules', { subject: `app:${app}` })
  await make('POST', '/env-groups', {
    name: MARKED.group,
    set: { ZQPLANT_SHARED: `${PLANTED}-shared` },
  })
  await make('POST', inApp('/ports'), { protocol: 'tcp', ports: '25565' })
  const ban = await make('POST', '/firewall/bans', { address: '198.51.100.7' })
  const webhook = await make('POST', '/outgoing-webhooks', {
    url: `https://${MARKED.host}/`,
    events: ['app.created'],
  })
  const check = await make('POST', '/uptime-checks', {
    kind: 'tcp',
    target: `${MARKED.host}:5432`,
  })
  const channel = await make('POST', '/channels', {
    name: `${PLANTED} channel`,
    kind: 'webhook',
    settings: { url: `https://${MARKED.host}/${PLANTED}`, token: PLANTED },
  })
  const drain = await make('POST', '/log-drains', {
    kind: 'http',
    target: `https://${MARKED.host}/${PLANTED}`,
    secret: PLANTED,
  })
  const user = server.users.findByNameForPlatform('owner')
  if (!user) throw new Error('there is no owner')
  const invitation = await make('POST', '/invitations', { role: 'viewer', note: PLANTED })
  const session = access.sessions.start(user, 'link', {
    address: '192.0.2.1',
    userAgent: `${PLANTED} browser`,
  })

  const { db, newId } = server
  const { teamId } = root
  const at = server.clock.now().toISOString()
  server.addUser(MARKED.user, 'viewer')
  server.teams.insertForPlatform(newId(), MARKED.team, at)
  const goneApp = server.addApp(`${PLANTED}-gone`)
  server.apps.markDestroyed(root, goneApp.id, at)
  const { subject } = backup
  const goneVolume = newId()
  createVolumeStore(db).saveForPlatform({
    id: goneVolume,
    teamId,
    appId: server.app(app).id,
    appName: app,
    node: 'local',
    name: `${PLANTED}-gone-volume`,
    mountPath: `/${PLANTED}-gone`,
    processes: null,
    exclusive: false,
    createdAt: at,
    madeAt: at,
    destroyedAt: at,
    purgingAt: null,
  })
  const rule = await make('POST', '/alert-rules', {
    name: `${PLANTED}-rule`,
    condition: { of: 'edge', metric: 'p99', is: 'above', limit: 800 },
  })
  const silence = await make('POST', '/silences', { reason: PLANTED, forMs: 3_600_000 })
  server.alerts.note({
    teamId,
    key: PLANTED,
    rule: 'node-care',
    subject: { kind: 'platform', id: '', name: `${PLANTED}-subject` },
    appId: null,
    title: `${PLANTED} alert`,
    detail: PLANTED,
    link: '/node',
  })
  const alerts = await make('GET', '/alerts?rule=node-care')
  const drill = newId()
  createDrillStore(db).saveForPlatform(
    {
      id: drill,
      teamId,
      backupId: backup.id,
      subject,
      cause: 'asked',
      state: 'proven',
      attempts: 1,
      askedAt: at,
      notBefore: at,
      startedAt: at,
      endedAt: at,
      durationMs: 1_000,
      checks: [{ what: `${PLANTED} files`, expected: '1', found: '1', isGood: true }],
      reason: null,
    },
    KEPT,
  )
  const restore = newId()
  createRestoreStore(db).saveForPlatform(
    {
      id: restore,
      teamId,
      backupId: backup.id,
      subject,
      how: 'switch',
      name: null,
      paths: [],
      by: { kind: 'user', id: user.id, name: user.name, userId: user.id },
      state: 'done',
      progress: 1,
      target: subject.name,
      madeId: null,
      isTouched: false,
      deploymentId: null,
      safetyBackupId: null,
      checks: [],
      reason: null,
      startedAt: at,
      endedAt: at,
    },
    KEPT,
  )

  return {
    ...MARKED,
    app,
    port: '25565-tcp',
    number: '1',
    process: 'web',
    zone: MARKED.host,
    'tokens:id': owner.id,
    'deploy-keys:id': deployKey.id,
    'ssh-keys:id': sshKey.id,
    'sessions:id': session.sessionId,
    'invitations:id': invitation.id,
    'backups:id': backup.id,
    'backup-schedules:id': schedule.id,
    'exceptions:id': exception.id,
    'drills:id': drill,
    'restores:id': restore,
    'destroyed-addons:id': goneAddons.items[0].id,
    'destroyed-apps:id': goneApp.id,
    'destroyed-volumes:id': goneVolume,
    'bans:id': ban.id,
    'outgoing-webhooks:id': webhook.webhook.id,
    'terminals:id': terminal.id,
    'uptime-checks:id': check.id,
    'channels:id': channel.id,
    'alerts:id': alerts.items[0].id,
    'alert-rules:id': rule.id,
    'silences:id': silence.id,
    'log-drains:id': drain.id,
    'rules:id': (firewall.rules ?? firewall.items)[0].id,
  }
}
