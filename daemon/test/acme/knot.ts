import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Resolver } from 'node:dns/promises'
import { listen } from '#test/proxy/rig.ts'

export const KEY = {
  name: 'vastrox-key',
  algorithm: 'hmac-sha256',
  secret: Buffer.from('a secret of thirty-two bytes ....').toString('base64'),
} as const

const PROGRAM = '/usr/sbin/knotd'
const READY_MS = 10_000

/** A real name server for one zone, which takes updates that are signed with KEY. */
export async function startKnot(zone: string) {
  if (!existsSync(PROGRAM)) throw new Error('knotd is not installed: apt-get install knot')
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-knot-'))
  const reserved = createServer()
  const port = await listen(reserved)
  reserved.close()
  const server = `127.0.0.1:${port}`
  writeFileSync(
    join(folder, 'zone'),
    `$ORIGIN ${zone}.
$TTL 60
@ SOA ns.${zone}. admin.${zone}. 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
@ A 127.0.0.1
* A 127.0.0.1
`,
  )
  writeFileSync(
    join(folder, 'knot.conf'),
    `server:
  rundir: "${folder}"
  listen: 127.0.0.1@${port}
database:
  storage: "${folder}"
key:
  - id: ${KEY.name}
    algorithm: ${KEY.algorithm}
    secret: ${KEY.secret}
acl:
  - id: update
    key: ${KEY.name}
    action: update
zone:
  - domain: ${zone}
    file: "${folder}/zone"
    acl: update
    zonefile-sync: -1
    journal-content: changes
log:
  - target: stderr
    any: info
`,
  )
  const said: string[] = []
  const child: ChildProcess = spawn(PROGRAM, ['-c', join(folder, 'knot.conf')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => said.push(part.toString()))
  const resolver = new Resolver({ timeout: 500, tries: 1 })
  resolver.setServers([server])
  const deadline = performance.now() + READY_MS
  while (!(await resolver.resolve4(zone).catch(() => undefined))) {
    if (performance.now() > deadline) throw new Error(`knotd does not start: ${said.join('')}`)
    await sleep(50)
  }
  return {
    server,
    said,
    texts: async (name: string): Promise<string[]> =>
      (await resolver.resolveTxt(name).catch(() => [])).map((parts) => parts.join('')),
    async stop(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
      await promise
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
