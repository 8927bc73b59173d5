import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { z } from 'zod'
import { run } from '@vastrox/shared/node/run.ts'

const PLACES = [
  '/opt',
  '/usr/local/bin',
  '/usr/local/share/ca-certificates',
  '/etc/ssl/certs',
  '/etc/systemd/system',
  '/var/lib',
]
const Engine = z.array(
  z.object({
    Id: z.string(),
    Name: z.string().optional(),
    RepoTags: z.array(z.string()).nullish(),
  }),
)

/**
 * What an installation could leave behind on a host: files outside of its data, accounts, containers
 * networks and images, nft tables, control groups, processes of ours. One line each, in order.
 */
export async function hostSnapshot(): Promise<string[]> {
  const lines = [
    ...PLACES.flatMap((place) => list(place).map((name) => `file ${place}/${name}`)),
    ...list('/run')
      .filter((name) => name.startsWith('vastrox'))
      .map((name) => `file /run/${name}`),
    ...accountsOf('/etc/passwd').map((name) => `account ${name}`),
    ...accountsOf('/etc/group').map((name) => `group ${name}`),
    ...(await engineIds('/containers/json?all=1')).map((id) => `container ${id}`),
    // By name: the engine's own bridge gets another id each time the engine starts.
    ...(await engineNames('/networks')).map((name) => `network ${name}`),
    ...(await imagesOfOurs()).map((tag) => `image ${tag}`),
    ...(await nftTables()).map((table) => `nft ${table}`),
    ...controlGroups().map((group) => `cgroup ${group}`),
    ...processes().map((line) => `process ${line}`),
  ]
  return lines.toSorted((one, other) => one.localeCompare(other))
}

const list = (place: string): string[] => {
  try {
    return readdirSync(place)
  } catch {
    return []
  }
}

const accountsOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(':')[0] ?? '')
    .filter((name) => name !== '')

const engineIds = async (path: string): Promise<string[]> =>
  (await askEngine(path)).map(({ Id }) => Id)

const engineNames = async (path: string): Promise<string[]> =>
  (await askEngine(path)).map(({ Id, Name }) => Name ?? Id)

const imagesOfOurs = async (): Promise<string[]> =>
  (await askEngine('/images/json'))
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((tag) => tag.startsWith('vastrox'))

async function askEngine(path: string): Promise<z.infer<typeof Engine>> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const asked = request({ socketPath: '/var/run/docker.sock', path }, (response) => {
    let body = ''
    response.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    response.on('end', () => resolve(body))
  })
  // No engine, no containers.
  asked.on('error', () => resolve('[]'))
  asked.end()
  return Engine.parse(JSON.parse(await promise))
}

async function nftTables(): Promise<string[]> {
  const result = await run('/usr/sbin/nft', ['list', 'tables'], { timeoutMs: 10_000 }).catch(
    () => undefined,
  )
  return (result?.stdout.toString() ?? '').split('\n').filter((line) => line.includes('vastrox'))
}

const controlGroups = (): string[] =>
  ['/sys/fs/cgroup', ...list('/sys/fs/cgroup').map((name) => `/sys/fs/cgroup/${name}`)].flatMap(
    (root) =>
      list(root)
        .filter((name) => name.startsWith('vastrox-'))
        .map((name) => `${root}/${name}`),
  )

/** Programs from /opt/vastrox, whoever runs them. */
function processes(): string[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        return command.includes('/opt/vastrox/') ? [command] : []
      } catch {
        // It ended while we looked.
        return []
      }
    })
}

if (import.meta.main) console.log((await hostSnapshot()).join('\n'))
