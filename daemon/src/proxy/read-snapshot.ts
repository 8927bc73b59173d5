import type {
  DaemonToWorker,
  Route,
  SnapshotCertificate,
  WireParts,
  WireSnapshot,
} from '#ports/routing-snapshot.ts'
import { boolean, int, list, record, string } from './read-values.ts'
import { readRules } from './rules/read-rules.ts'

/**
 * The border check of a worker. The schemas of `ports/routing-snapshot.ts` say the same and the daemon
 * holds to them; a worker checks by hand because zod costs it 4 MB (decision 30). A test compares both.
 */
export function readDaemonMessage(value: unknown): DaemonToWorker {
  const message = record(value, 'message')
  const { type } = message
  if (type === 'snapshot') return { type, snapshot: readSnapshot(message['snapshot']) }
  if (type === 'parts') return { type, parts: readParts(message['parts']) }
  if (type === 'cut') return { type, instances: list(message['instances'], 'instances', string) }
  if (type === 'drain')
    return {
      type,
      question: int(message['question'], 'question'),
      instances: list(message['instances'], 'instances', string),
    }
  if (type === 'slots') return { type }
  if (type === 'taken')
    return {
      type,
      source: string(message['source'], 'source'),
      number: int(message['number'], 'number'),
    }
  throw new Error('the message is of no known type')
}

export function readSnapshot(value: unknown): WireSnapshot {
  const snapshot = record(value, 'snapshot')
  const settings = record(snapshot['settings'], 'settings')
  const accessLog = settings['accessLog']
  const reachKey = settings['reachKey']
  const { alpnChallenges } = snapshot
  return {
    generation: int(snapshot['generation'], 'generation'),
    routes: list(snapshot['routes'], 'routes', orDigest(readRoute)),
    certificates: list(snapshot['certificates'], 'certificates', orDigest(readCertificate)),
    challenges: list(snapshot['challenges'], 'challenges', (entry) => {
      const challenge = record(entry, 'challenge')
      return {
        token: string(challenge['token'], 'token'),
        keyAuthorization: string(challenge['keyAuthorization'], 'keyAuthorization'),
      }
    }),
    ...(alpnChallenges === undefined
      ? {}
      : {
          alpnChallenges: list(alpnChallenges, 'alpnChallenges', (entry) => {
            const challenge = record(entry, 'challenge')
            return {
              name: string(challenge['name'], 'name'),
              keyAuthorization: string(challenge['keyAuthorization'], 'keyAuthorization'),
            }
          }),
        }),
    settings: {
      httpsPort: int(settings['httpsPort'], 'httpsPort'),
      baseDomain: string(settings['baseDomain'], 'baseDomain'),
      trustedProxies: list(settings['trustedProxies'], 'trustedProxies', string),
      ...(accessLog === undefined ? {} : { accessLog: boolean(accessLog, 'accessLog') }),
      ...(reachKey === undefined ? {} : { reachKey: string(reachKey, 'reachKey') }),
    },
  }
}

function readParts(value: unknown): WireParts {
  const parts = record(value, 'parts')
  const read = {
    routes: list(parts['routes'], 'routes', (entry) => {
      const part = record(entry, 'part')
      return { digest: string(part['digest'], 'digest'), route: readRoute(part['route']) }
    }),
    certificates: list(parts['certificates'], 'certificates', (entry) => {
      const part = record(entry, 'part')
      return {
        digest: string(part['digest'], 'digest'),
        certificate: readCertificate(part['certificate']),
      }
    }),
  }
  if (read.routes.length > 200 || read.certificates.length > 200)
    throw new Error('there are too many parts in a line')
  return read
}

function readCertificate(value: unknown): SnapshotCertificate {
  const certificate = record(value, 'certificate')
  return {
    id: string(certificate['id'], 'id'),
    hosts: list(certificate['hosts'], 'hosts', string),
    certificatePem: string(certificate['certificatePem'], 'certificatePem'),
    keyPem: string(certificate['keyPem'], 'keyPem'),
  }
}

const orDigest =
  <T>(read: (value: unknown) => T) =>
  (value: unknown): T | string =>
    typeof value === 'string' ? value : read(value)

const STATES: readonly Route['state'][] = ['serving', 'starting', 'stopped', 'held', 'asleep']

function readAccessLog(value: unknown): NonNullable<Route['accessLog']> {
  const accessLog = record(value, 'accessLog')
  const percent = int(accessLog['percent'], 'percent')
  const days = int(accessLog['days'], 'days')
  if (percent < 0 || percent > 100 || days < 1) throw new Error('an access log makes no sense')
  return { key: string(accessLog['key'], 'key'), percent, days }
}

function readRoute(value: unknown): Route {
  const route = record(value, 'route')
  const state = STATES.find((each) => each === route['state'])
  if (!state) throw new Error('a route has no known state')
  const sleep = route['sleep']
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
    ...(route['accessLog'] === undefined ? {} : { accessLog: readAccessLog(route['accessLog']) }),
    ...(route['rules'] === undefined ? {} : { rules: readRules(route['rules']) }),
    ...(sleep === undefined
      ? {}
      : { sleep: { ignores: list(record(sleep, 'sleep')['ignores'], 'ignores', string) } }),
  }
}
