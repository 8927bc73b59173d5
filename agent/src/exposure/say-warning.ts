import type { Exposure, ExposedPort, PortHolder } from '@vastrox/shared/exposure.ts'

type Warning = NonNullable<ExposedPort['warning']>

interface Seen {
  protocol: 'tcp' | 'udp'
  port: number
  by: PortHolder
  reach: Exposure
  /** It is one that the product needs. */
  isProductPort: boolean
}

/** Programs that keep data, and where they answer. */
const DATABASES: readonly { name: string; programs: RegExp; ports: readonly number[] }[] = [
  { name: 'PostgreSQL', programs: /^(postgres|postmaster)/, ports: [5432] },
  { name: 'MySQL or MariaDB', programs: /^(mysqld|mariadbd)/, ports: [3306, 33060] },
  { name: 'Redis', programs: /^(redis-server|valkey-server|keydb-server)/, ports: [6379] },
  { name: 'MongoDB', programs: /^mongo[ds]/, ports: [27017] },
  { name: 'memcached', programs: /^memcached/, ports: [11211] },
  { name: 'Elasticsearch', programs: /^(elasticsearch|opensearch)/, ports: [9200, 9300] },
  { name: 'etcd', programs: /^etcd/, ports: [2379, 2380] },
  { name: 'CouchDB', programs: /^couchdb/, ports: [5984] },
  { name: 'RabbitMQ', programs: /^rabbitmq/, ports: [5672, 15672] },
]
/** Made for a trusted network. */
const FOR_NEIGHBOURS = new Map([
  [23, 'Telnet'],
  [111, 'The port mapper'],
  [139, 'Windows file sharing'],
  [445, 'Windows file sharing'],
  [512, 'rexec'],
  [513, 'rlogin'],
  [514, 'rsh'],
  [2049, 'NFS'],
  [3389, 'A remote desktop'],
  [5900, 'A remote desktop'],
  [10250, 'A kubelet'],
])
const API_PORTS = new Set([2375, 2376])

/** What somebody should know about a port that is open; null for what is meant to be. */
export function warningAbout({ protocol, port, by, reach, isProductPort }: Seen): Warning | null {
  if (isProductPort && !by.ours && by.kind !== 'kernel')
    return {
      level: 'bad',
      message: `${by.name} has port ${port}, which Vastrox needs.`,
      hint: 'Stop it and run: vastrox up, or install again with another port.',
      canFence: false,
    }
  if (by.ours || (reach !== 'world' && reach !== 'some')) return null
  if (by.name === 'dockerd' || (protocol === 'tcp' && by.kind === 'process' && API_PORTS.has(port)))
    return {
      level: 'bad',
      message: `Docker's own API answers on port ${port}: whoever reaches it is root on this machine.`,
      hint: 'Take the tcp:// host out of Docker’s settings; until then fence the port.',
      canFence: true,
    }
  if (reach !== 'world') return null
  const what =
    by.kind === 'container' ? `the container ${by.name}${imageOf(by)}` : `${by.name}${userOf(by)}`
  const database = DATABASES.find(
    ({ programs, ports }) =>
      programs.test(by.name) || (by.kind !== 'process' && ports.includes(port)),
  )
  if (database)
    return {
      level: 'bad',
      message: `A database answers to everybody: ${database.name} (${what}) on port ${port}.`,
      hint: 'Let it listen on 127.0.0.1, or fence the port and allow the addresses that need it.',
      canFence: true,
    }
  if (by.kind === 'container')
    return {
      level: 'warn',
      message: `Docker has published port ${port} of ${what} to everybody.`,
      hint: `If only this machine needs it, publish it as 127.0.0.1:${port}; or fence the port.`,
      canFence: true,
    }
  const neighbourly = FOR_NEIGHBOURS.get(port)
  if (neighbourly)
    return {
      level: 'warn',
      message: `${neighbourly} answers to everybody (${what}, port ${port}).`,
      hint: 'Switch it off if nobody needs it, or fence the port.',
      canFence: true,
    }
  return null
}

const imageOf = ({ image }: PortHolder): string => (image === null ? '' : ` (${image})`)
const userOf = ({ user }: PortHolder): string => (user === null ? '' : `, user ${user}`)
