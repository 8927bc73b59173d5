import { CreateToken } from '@vastrox/shared/token.ts'
import type { FullServer } from '#test/full-server.ts'
import { sshKeyLine } from '#test/ssh/key-line.ts'

/** In the name and the values of every object that is planted, and nowhere else. */
export const PLANTED = 'zqplant'

const MARKED = {
  key: 'ZQPLANT_KEY',
  volume: `${PLANTED}-volume`,
  job: `${PLANTED}-job`,
  host: `${PLANTED}.example`,
  user: `${PLANTED}-user`,
  set: `${PLANTED}-set`,
  destination: `${PLANTED}-vault`,
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

  async function make(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: object) {
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

  await make('PATCH', inApp('/env'), { set: { [MARKED.key]: `${PLANTED}-value` } })
  await server.deploy('a1', { appName: app, files: { 'server.js': PLANTED } })
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
  const user = server.users.findByNameForPlatform('owner')
  if (!user) throw new Error('there is no owner')
  const invitation = await make('POST', '/invitations', { role: 'viewer', note: PLANTED })
  const session = access.sessions.start(user, 'link', {
    address: '192.0.2.1',
    userAgent: `${PLANTED} browser`,
  })

  return {
    ...MARKED,
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
    'rules:id': (firewall.rules ?? firewall.items)[0].id,
  }
}
