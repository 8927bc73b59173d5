import type { DaemonToWorker, Route, RoutingSnapshot } from '#ports/routing-snapshot.ts'

/**
 * The border check of a worker. The schemas of `ports/routing-snapshot.ts` say the same and the daemon
 * holds to them; a worker checks by hand because zod costs it 4 MB (decision 30). A test compares both.
 */
export function readDaemonMessage(value: unknown): DaemonToWorker {
  const message = record(value, 'message')
  const { type } = message
  if (type === 'snapshot') return { type, snapshot: readSnapshot(message['snapshot']) }
  if (type === 'cut') return { type, instances: list(message['instances'], 'instances', string) }
  if (type === 'drain')
    return {
      type,
      question: int(message['question'], 'question'),
      instances: list(message['instances'], 'instances', string),
    }
  throw new Error('the message is of no known type')
}

export function readSnapshot(value: unknown): RoutingSnapshot {
  const snapshot = record(value, 'snapshot')
  const settings = record(snapshot['settings'], 'settings')
  const accessLog = settings['accessLog']
  return {
    generation: int(snapshot['generation'], 'generation'),
    routes: list(snapshot['routes'], 'routes', readRoute),
    certificates: list(snapshot['certificates'], 'certificates', (entry) => {
      const certificate = record(entry, 'certificate')
      return {
        id: string(certificate['id'], 'id'),
        hosts: list(certificate['hosts'], 'hosts', string),
        certificatePem: string(certificate['certificatePem'], 'certificatePem'),
        keyPem: string(certificate['keyPem'], 'keyPem'),
      }
    }),
    challenges: list(snapshot['challenges'], 'challenges', (entry) => {
      const challenge = record(entry, 'challenge')
      return {
        token: string(challenge['token'], 'token'),
        keyAuthorization: string(challenge['keyAuthorization'], 'keyAuthorization'),
      }
    }),
    settings: {
      httpsPort: int(settings['httpsPort'], 'httpsPort'),
      baseDomain: string(settings['baseDomain'], 'baseDomain'),
      trustedProxies: list(settings['trustedProxies'], 'trustedProxies', string),
      ...(accessLog === undefined ? {} : { accessLog: boolean(accessLog, 'accessLog') }),
    },
  }
}

const STATES: readonly Route['state'][] = ['serving', 'starting', 'stopped', 'held']

function readRoute(value: unknown): Route {
  const route = record(value, 'route')
  const state = STATES.find((each) => each === route['state'])
  if (!state) throw new Error('a route has no known state')
  return {
    id: string(route['id'], 'id'),
    app: string(route['app'], 'app'),
    host: string(route['host'], 'host'),
    pathPrefix: string(route['pathPrefix'], 'pathPrefix'),
    state,
    redirectToHttps: boolean(route['redirectToHttps'], 'redirectToHttps'),
    instances: list(route['instances'], 'instances', (entry) => {
      const instance = record(entry, 'instance')
      return {
        name: string(instance['name'], 'name'),
        host: string(instance['host'], 'host'),
        port: int(instance['port'], 'port'),
        release: int(instance['release'], 'release'),
      }
    }),
    maxBodyBytes: int(route['maxBodyBytes'], 'maxBodyBytes'),
  }
}

const wrong = (name: string): Error => new Error(`${name} is missing or of the wrong kind`)

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name)
  return Object.fromEntries(Object.entries(value))
}

function list<T>(value: unknown, name: string, read: (entry: unknown, name: string) => T): T[] {
  if (!Array.isArray(value)) throw wrong(name)
  return value.map((entry: unknown) => read(entry, name))
}

function string(value: unknown, name: string): string {
  if (typeof value !== 'string') throw wrong(name)
  return value
}

function int(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(name)
  return value
}

function boolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw wrong(name)
  return value
}
